package synthetic

// The files of a CPRD Aurum extract and their columns in order, as
// aim-rsf/cprd-data-wrangle and alexpate30/rcprd have them.

// cprdFile is the number of a file in cprdFiles.
type cprdFile int

const (
	cprdPatient cprdFile = iota
	cprdPractice
	cprdStaff
	cprdConsultation
	cprdObservation
	cprdReferral
	cprdProblem
	cprdDrugIssue
	cprdMedical
	cprdProduct
	cprdDosages
)

// cprdFiles are the files by table; those of the data are a part of a set.
var cprdFiles = []struct{ file, table, columns string }{
	{"made_up_Extract_Patient_001", "Patient", "patid, pracid, usualgpstaffid, gender, yob, mob, emis_ddate, regstartdate, patienttypeid, regenddate, acceptable, cprd_ddate"},
	{"made_up_Extract_Practice_001", "Practice", "pracid, lcd, uts, region"},
	{"made_up_Extract_Staff_001", "Staff", "staffid, pracid, jobcatid"},
	{"made_up_Extract_Consultation_001", "Consultation", "patid, consid, pracid, consdate, enterdate, staffid, conssourceid, cprdconstype, consmedcodeid"},
	{"made_up_Extract_Observation_001", "Observation", "patid, consid, pracid, obsid, obsdate, enterdate, staffid, parentobsid, medcodeid, value, numunitid, obstypeid, " +
		"numrangelow, numrangehigh, probobsid"},
	{"made_up_Extract_Referral_001", "Referral", "patid, obsid, pracid, refsourceorgid, reftargetorgid, refurgencyid, refservicetypeid, refmodeid"},
	{"made_up_Extract_Problem_001", "Problem", "patid, obsid, pracid, parentprobobsid, probenddate, expduration, lastrevdate, lastrevstaffid, parentprobrelid, " +
		"probstatusid, signid"},
	{"made_up_Extract_DrugIssue_001", "DrugIssue", "patid, issueid, pracid, probobsid, drugrecid, issuedate, enterdate, staffid, prodcodeid, dosageid, quantity, " +
		"quantunitid, duration, estnhscost"},
	{"EMISMedicalDictionary", "medical", "medcodeid, term, originalreadcode, cleansedreadcode, snomedctconceptid, snomedctdescriptionid, release, emiscodecategoryid"},
	{"EMISProductDictionary", "product", "prodcodeid, dmdid, termfromemis, productname, formulation, routeofadministration, drugsubstancename, substancestrength, " +
		"bnfchapter, release"},
	{"common_dosages", "common_dosages", "dosageid, dosage_text"},
}

// cprdLookups are small files of a number and what it means. CPRD numbers them
// release by release; these numbers are made up, but that of a regular patient.
var cprdLookups = []struct {
	file, id string
	texts    []string // numbered from 1; empty for a number that is not in use
}{
	{"Gender", "genderid", []string{"M", "F", "I", "U"}},
	{"PatientType", "patienttypeid", []string{"Dummy", "Temporary", "Regular"}},
	{"JobCat", "jobcatid", []string{"General Medical Practitioner"}},
	{"ObsType", "obstypeid", []string{"Observation", "Value", "Test", "Family history", "Immunisation", "Allergy", "Referral", "Document"}},
	{"ProbStatus", "probstatusid", []string{"Active", "Past"}},
	{"Sign", "signid", []string{"Significant Problem", "Minor Problem"}},
	{"RefMode", "refmodeid", []string{"NHS e-Referral", "Written"}},
	{"RefUrgency", "refurgencyid", []string{"Routine", "Urgent", "2 Week Wait"}},
}

// cprdNumber is the number of a text in a lookup.
func cprdNumber(file, text string) string {
	for _, l := range cprdLookups {
		for i, t := range l.texts {
			if l.file == file && t == text {
				return string(rune('1' + i))
			}
		}
	}
	return ""
}
