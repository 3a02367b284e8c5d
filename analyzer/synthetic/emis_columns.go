package synthetic

// The files of an EMIS Web bulk extract and their columns in order, version 8.2, as
// NHSISL/Datasets and endeavourhealth/Transforms publish them: ² came after 5.4, ³ with 8.1.

// emisFile is the number of a file in emisFiles.
type emisFile int

const (
	emisLocation emisFile = iota
	emisOrganisation
	emisOrganisationLocation
	emisPatient
	emisPatientHistory
	emisUserInRole
	emisSharingOrganisation
	emisSession
	emisSessionUser
	emisSlot
	emisPatientAudit
	emisRegistrationAudit
	emisConsultation
	emisDiary
	emisObservation
	emisObservationReferral
	emisProblem
	emisClinicalCode
	emisDrugCode
	emisDrugRecord
	emisIssueRecord
)

// emisFiles are all files, with the version that brought each.
var emisFiles = []struct {
	name    string
	since   int
	columns string
}{
	{"Admin_Location", 0, "LocationGuid, LocationName, LocationTypeDescription, ParentLocationGuid, OpenDate, CloseDate, MainContactName, " +
		"FaxNumber, EmailAddress, PhoneNumber, HouseNameFlatNumber, NumberAndStreet, Village, Town, County, Postcode, Deleted, " +
		"ProcessingId"},
	{"Admin_Organisation", 0, "OrganisationGuid, CDB, OrganisationName, ODSCode, ParentOrganisationGuid, CCGOrganisationGuid, OrganisationType, " +
		"OpenDate, CloseDate, MainLocationGuid, ProcessingId"},
	{"Admin_OrganisationLocation", 0, "OrganisationGuid, LocationGuid, IsMainLocation, Deleted, ProcessingId"},
	{"Admin_Patient", 0, "PatientGuid, OrganisationGuid, UsualGpUserInRoleGuid, Sex, DateOfBirth, DateOfDeath, Title, GivenName, MiddleNames, " +
		"Surname, DateOfRegistration, NhsNumber, PatientNumber, PatientTypeDescription, DummyType, HouseNameFlatNumber, " +
		"NumberAndStreet, Village, Town, County, Postcode, ResidentialInstituteCode, NHSNumberStatus, CarerName, CarerRelation, " +
		"PersonGuid, DateofDeactivation, Deleted, SpineSensitive, IsConfidential, EmailAddress, HomePhone, MobilePhone, " +
		"ExternalUsualGPGuid, ExternalUsualGP, ExternalUsualGPOrganisation, ContactComments², ProcessingId"},
	{"Admin_PatientHistory", 80, "PatientGuid, OrganisationGuid, HistoryDate, HistoryTime, StatusDescription, ProcessingId"},
	{"Admin_UserInRole", 0, "UserInRoleGuid, OrganisationGuid, Title, GivenName, Surname, JobCategoryCode, JobCategoryName, ContractStartDate, " +
		"ContractEndDate, RegistrationNumber², ProcessingId"},
	{"Agreements_SharingOrganisation", 0, "OrganisationGuid, IsActivated, LastModifiedDate, Disabled, Deleted"},
	{"Appointment_Session", 0, "AppointmentSessionGuid, Description, LocationGuid, SessionTypeDescription, SessionCategoryDisplayName, StartDate, " +
		"StartTime, EndDate, EndTime, Private, OrganisationGuid, Deleted, ProcessingId"},
	{"Appointment_SessionUser", 0, "SessionGuid, UserInRoleGuid, Deleted, ProcessingId"},
	{"Appointment_Slot", 0, "SlotGuid, AppointmentDate, AppointmentStartTime, PlannedDurationInMinutes, PatientGuid, SendInTime, LeftTime, " +
		"DidNotAttend, PatientWaitInMin, AppointmentDelayInMin, ActualDurationInMinutes, OrganisationGuid, SessionGuid, " +
		"DnaReasonCodeId, BookedDate², BookedTime², SlotStatus², SlotType², IsBookableOnline², BookingMethod², " +
		"ExternalPatientGuid², ExternalPatientOrganisation², ModeOfContact², IsBlocked³, ContextType³, ServiceSetting³, " +
		"NationalSlotCategoryName³, NationalSlotCategoryDescription³, Deleted, ProcessingId"},
	{"Audit_PatientAudit", 0, "ItemGuid, PatientGuid, OrganisationGuid, ModifiedDate, ModifiedTime, UserInRoleGuid, ItemType, ModeType, ProcessingId"},
	{"Audit_RegistrationAudit", 0, "PatientGuid, OrganisationGuid, ModifiedDate, ModifiedTime, UserInRoleGuid, ModeType, ProcessingId"},
	{"CareRecord_Consultation", 0, "ConsultationGuid, PatientGuid, OrganisationGuid, EffectiveDate, EffectiveDatePrecision, EnteredDate, EnteredTime, " +
		"ClinicianUserInRoleGuid, EnteredByUserInRoleGuid, AppointmentSlotGuid, ConsultationSourceTerm, " +
		"ConsultationSourceCodeId, Complete, ConsultationType², Deleted, IsConfidential, ProcessingId"},
	{"CareRecord_Diary", 0, "DiaryGuid, PatientGuid, OrganisationGuid, EffectiveDate, EffectiveDatePrecision, EnteredDate, EnteredTime, " +
		"ClinicianUserInRoleGuid, EnteredByUserInRoleGuid, CodeId, OriginalTerm, DurationTerm, LocationTypeDescription, " +
		"Deleted, IsConfidential, IsActive, IsComplete, ConsultationGuid, ProcessingId"},
	{"CareRecord_Observation", 0, "ObservationGuid, PatientGuid, OrganisationGuid, EffectiveDate, EffectiveDatePrecision, EnteredDate, EnteredTime, " +
		"ClinicianUserInRoleGuid, EnteredByUserInRoleGuid, ParentObservationGuid, CodeId, ProblemGuid, ConsultationGuid, Value, " +
		"NumericUnit, ObservationType, NumericRangeLow, NumericRangeHigh, DocumentGuid, Qualifiers², Abnormal², " +
		"AbnormalReason², Episode², Deleted, IsConfidential, ProcessingId"},
	{"CareRecord_ObservationReferral", 0, "ObservationGuid, PatientGuid, OrganisationGuid, ReferralTargetOrganisationGuid, ReferralUrgency, ReferralServiceType, " +
		"ReferralMode, ReferralReceivedDate, ReferralReceivedTime, ReferralEndDate, ReferralSourceId, " +
		"ReferralSourceOrganisationGuid, ReferralUBRN, ReferralReasonCodeId, ReferringCareProfessionalStaffGroupCodeId, " +
		"ReferralEpisodeRTTMeasurementTypeId, ReferralEpisodeClosureDate, ReferralEpisodeDischargeLetterIssuedDate, " +
		"ReferralClosureReasonCodeId, TransportRequired², ProcessingId"},
	{"CareRecord_Problem", 0, "ObservationGuid, PatientGuid, OrganisationGuid, ParentProblemObservationGuid, Deleted, EndDate, EndDatePrecision, " +
		"ExpectedDuration, LastReviewDate, LastReviewDatePrecision, LastReviewUserInRoleGuid, ParentProblemRelationship, " +
		"ProblemStatusDescription, SignificanceDescription, ProcessingId"},
	{"Coding_ClinicalCode", 0, "CodeId, Term, ReadTermId, SnomedCTConceptId, SnomedCTDescriptionId, NationalCode, NationalCodeCategory, " +
		"NationalDescription, EmisCodeCategoryDescription, ParentCodeID, ProcessingId"},
	{"Coding_DrugCode", 0, "CodeId, Term, DmdProductCodeId, BNFChapterRef², ProcessingId"},
	{"Prescribing_DrugRecord", 0, "DrugRecordGuid, PatientGuid, OrganisationGuid, EffectiveDate, EffectiveDatePrecision, EnteredDate, EnteredTime, " +
		"ClinicianUserInRoleGuid, EnteredByUserInRoleGuid, CodeId, Dosage, Quantity, QuantityUnit, ProblemObservationGuid, " +
		"PrescriptionType, IsActive, CancellationDate, NumberOfIssues, NumberOfIssuesAuthorised, IsConfidential, Deleted, " +
		"ExpiryDate³, ProcessingId"},
	{"Prescribing_IssueRecord", 0, "IssueRecordGuid, PatientGuid, OrganisationGuid, DrugRecordGuid, EffectiveDate, EffectiveDatePrecision, EnteredDate, " +
		"EnteredTime, ClinicianUserInRoleGuid, EnteredByUserInRoleGuid, CodeId, Dosage, Quantity, QuantityUnit, " +
		"ProblemObservationGuid, CourseDurationInDays, EstimatedNhsCost, IsConfidential, EmisCode², PatientMessage², " +
		"ScriptPharmacyStamp², Compliance², AverageCompliance², IsPrescribedAsContraceptive², IsPrivatelyPrescribed², " +
		"PharmacyMessage², PharmacyText², ConsultationGuid², ExpiryDate³, ReviewDate³, IssueMethodDescription³, Deleted, " +
		"ProcessingId"},
}
