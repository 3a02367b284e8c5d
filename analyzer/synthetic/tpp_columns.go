package synthetic

// The files of a SystmOne strategic reporting extract that are written and their columns
// in order, as specification v125 has them (ConnectedBradford/Connected-Bradford-PrimaryCare).
// RemovedData, the last column of a delta, is not in a full extract.

// tppFile is the number of a file in tppFiles.
type tppFile int

const (
	tppOrganisation tppFile = iota
	tppStaffMember
	tppStaffMemberProfile
	tppStaffMemberProfileRole
	tppMapping
	tppMappingGroup
	tppConfiguredListOption
	tppPatient
	tppPatientRegistration
	tppPatientAddressHistory
	tppPatientContactDetails
	tppGPPracticeHistory
	tppEvent
	tppCode
	tppProblem
	tppDrugSensitivity
	tppRepeatTemplate
	tppPrimaryCareMedication
	tppReferralOut
	tppMedia
	tppManifest
)

// tppFiles are the files, SRManifest last: without it a download is not complete. A
// reference file is the same for all who download.
var tppFiles = []struct {
	name      string
	reference bool
	columns   string
}{
	{"SROrganisation", true, "RowIdentifier, Name, ID, HouseName, HouseNumber, NameOfRoad, NameOfLocality, NameOfTown, NameOfCounty, FullPostCode, " +
		"Telephone, SecondaryTelephone, Fax, MadeObsolete, IDTrust, IDCcg"},
	{"SRStaffMember", true, "RowIdentifier, StaffName, StaffUserName, NationalIdType, IDNational, IDSmartCard, Obsolete"},
	{"SRStaffMemberProfile", true, "RowIdentifier, DateProfileCreated, IdProfileCreatedBy, IDStaffMemberProfileRole, StaffRole, DateEmploymentStart, " +
		"DateEmploymentEnd, PPAID, GPLocalCode, IDStaffMember, IDOrganisation, GmpID"},
	{"SRStaffMemberProfileRole", true, "RowIdentifier, RoleDescription, IsSpineRole, DateLastAmended, DateDeleted"},
	{"SRMapping", true, "RowIdentifier, IdMappingGroup, Mapping"},
	{"SRMappingGroup", true, "RowIdentifier, Group"},
	{"SRConfiguredListOption", true, "RowIdentifier, ConfiguredList, ConfiguredListOption, CDSCode, CAMHSCode, MHSDSCode, CYPHS/CIDS/CSDSCode"},
	{"SRPatient", false, "RowIdentifier, IDOrganisationVisibleTo, Title, FirstName, MiddleNames, Surname, PreviousSurname, NHSNumber, DateBirth, " +
		"DateDeath, BirthPlace, Gender, SpeaksEnglish, EmailAddress, TestPatient, SSRef, SpineMatched"},
	{"SRPatientRegistration", false, "RowIdentifier, IDOrganisationVisibleTo, DateEventRecorded, IDProfileEnteredBy, DateRegistration, DateDeRegistration, " +
		"RegistrationStatus, PreferredPharmacy, IDPatient, IDOrganisation, IDOrganisationRegisteredAt"},
	{"SRPatientAddressHistory", false, "RowIdentifier, IDOrganisationVisibleTo, DateEventRecorded, DateEvent, IDProfileEnteredBy, IDDoneBy, " +
		"TextualEventDoneBy, IDOrganisationDoneAt, NameOfBuilding, NumberOfBuilding, NameOfRoad, NameOfLocality, NameOfTown, " +
		"NameOfCounty, FullPostCode, DateTo, AddressType, IDEvent, IDPatient, IDOrganisation, CcgOfResidence, " +
		"IDOrganisationRegisteredAt"},
	{"SRPatientContactDetails", false, "RowIdentifier, IDOrganisationVisibleTo, DateEventRecorded, DateEvent, IDProfileEnteredBy, IDDoneBy, " +
		"TextualEventDoneBy, IDOrganisationDoneAt, ContactType, ContactNumber, IDEvent, IDPatient, IDOrganisation, " +
		"IDOrganisationRegisteredAt"},
	{"SRGPPracticeHistory", false, "RowIdentifier, IDOrganisationVisibleTo, IDPractice, IDProfileRegisteredGP, DateFrom, DateTo, IDPatient"},
	{"SREvent", false, "RowIdentifier, IDOrganisationVisibleTo, DateEventRecorded, DateEvent, IDProfileEnteredBy, IDDoneBy, " +
		"IDStaffMemberProfileRole, TextualEventDoneBy, IDOrganisationDoneAt, IDAuthorisedBy, IDProfileAuthorisedBy, " +
		"ContactEventLocation, ContactMethod, EventIncomplete, ClinicalEvent, IDReferralIn, IDPatient, IDOrganisation, IDTeam, " +
		"IDBranch, IDOrganisationRegisteredAt"},
	{"SRCode", false, "RowIdentifier, IDOrganisationVisibleTo, DateEventRecorded, DateEvent, IDProfileEnteredBy, IDDoneBy, " +
		"TextualEventDoneBy, IDOrganisationDoneAt, CTV3Code, CTV3Text, SNOMEDCode, SNOMEDText, NumericComparator, IsNumeric, " +
		"NumericValue, NumericUnit, EpisodeType, IDTemplate, IDQuestionnaire, IDEvent, IDPatient, IDReferralIn, IDAppointment, " +
		"IDVisit, IDOrganisation, IDOrganisationRegisteredAt"},
	{"SRProblem", false, "RowIdentifier, IDOrganisationVisibleTo, DateEventRecorded, DateEvent, IDProfileEnteredBy, IDDoneBy, " +
		"TextualEventDoneBy, IDOrganisationDoneAt, CTV3Code, DateEnd, Severity, IDCode, IDEvent, IDPatient, IDReferralIn, " +
		"IDOrganisation, IDOrganisationRegisteredAt"},
	{"SRDrugSensitivity", false, "RowIdentifier, IDOrganisationVisibleTo, DateEventRecorded, DateEvent, IDProfileEnteredBy, IDDoneBy, " +
		"TextualEventDoneBy, IDOrganisationDoneAt, DateStarted, DateEnded, FormulationSpecific, IDDrugCode, IDMultiLexAction, " +
		"IDReferralIn, IDEvent, IDPatient, IDOrganisation, IDOrganisationRegisteredAt, NameOfMedication"},
	{"SRRepeatTemplate", false, "RowIdentifier, IDOrganisationVisibleTo, DateEventRecorded, DateEvent, IDProfileEnteredBy, IDDoneBy, " +
		"TextualEventDoneBy, IDOrganisationDoneAt, IDMultiLexProduct, IDMultiLexPack, IDMultiLexDMD, NameOfMedication, " +
		"DateMedicationTemplateStart, DateMedicationTemplateEnd, DateMedicationTemplateReview, MedicationDosage, " +
		"MedicationQuantity, MaxIssues, CourseLengthPerIssue, DrugStatus, IDReferralIn, IDEvent, IDPatient, IDOrganisation, " +
		"IDOrganisationRegisteredAt"},
	{"SRPrimaryCareMedication", false, "RowIdentifier, IDOrganisationVisibleTo, DateEventRecorded, DateEvent, IDProfileEnteredBy, IDDoneBy, " +
		"TextualEventDoneBy, IDOrganisationDoneAt, IDMultiLexProduct, IDMultiLexPack, IDMultiLexDMD, NameOfMedication, " +
		"DateMedicationStart, DateMedicationEnd, MedicationDosage, MedicationQuantity, IsSupervised, SupervisedDose, " +
		"UnsupervisedDose, IsRepeatMedication, IsOtherMedication, IsDentalMedication, IsHospitalMedication, IDRepeatTemplate, " +
		"IDReferralIn, IDEvent, IDPatient, IDOrganisation, IDOrganisationRegisteredAt"},
	{"SRReferralOut", false, "RowIdentifier, IDOrganisationVisibleTo, DateEventRecorded, DateEvent, IDProfileEnteredBy, IDDoneBy, " +
		"TextualEventDoneBy, IDOrganisationDoneAt, TypeOfReferral, Reason, IDProfileReferrer, ServiceOffered, ReReferral, " +
		"Urgency, PrimaryDiagnosis, SNOMEDPrimaryDiagnosis, RecipientID, RecipientIDType, IDEvent, IDPatient, IDOrganisation, " +
		"M101140ReasonForOutOfAreaReferralAdultAcuteMentalHealth, IDOrganisationRegisteredAt"},
	{"SRMedia", false, "RowIdentifier, IDOrganisationVisibleTo, DocumentUID, IDPatient, IDEvent, DateEvent, IDDoneBy, DateEventRecorded, " +
		"IDProfileEnteredBy, IDOrganisationDoneAt, FileName, FileSize, SenderTitle, SenderFirstName, SenderSurname, " +
		"SenderOrganisation, RecipientTitle, RecipientFirstName, RecipientSurname, RecipientOrganisation, EmailAddress, " +
		"Direction, CommunicationType, IDOrganisation, IDOrganisationRegisteredAt"},
	{"SRManifest", false, "FileName, IsDelta, IsReference, DateExtractFrom, DateExtractTo"},
}
