/* gateway/audit/event_dictionary.c: what audit records of every installation have in common.
 *
 * Each dictionary is FROZEN when it has been used: records are read with the very octets they were
 * written with. Whoever knows a better choice adds the next one, and writes with that. */
#include "gateway/audit/event_packing.h"

static const char first[] =
#include "gateway/audit/event_dictionary_1.h"
	;

/* Before the texts of the first, Patient Demographics Queries: ITI-21, ITI-22 and ITI-47. */
static const char second[] =
	/* HL7 v2, ITI TF-2: 3.21.4.1.2 */
	"|QBP^ZV1^QBP_Q21|"
	"|QCN^J01^QCN_J01|"
	"\rQID|"
	"|IHE PDQ Query\r"
	"|QBP^Q22^QBP_Q21|"
	"\rQPD|Q22^Find Candidates^HL7|"
	"\rQPD|IHE PDQ Query|"
	"|@PID.3.1^"
	"~@PID.3.4.1^"
	"~@PID.3.4.2^"
	"~@PID.3.4.3^ISO"
	"|@PID.5.1.1^"
	"~@PID.5.2^"
	"~@PID.7^19"
	"~@PID.8^F"
	"~@PID.11.3^"
	"~@PID.13.1^0"
	"|||||^^^&"
	"&ISO\rRCP|I|10^RD\r"
	"DSC|"
	"|I\r"
	"ITI-22\0\2\21IHE Transactions\0\3\45Patient Demographics and Visit Query\0"
	"ITI-21\0\2\21IHE Transactions\0\3\33Patient Demographics Query\0"
	/* HL7 v3, ITI TF-2: 3.47.4.1.2 */
	"</queryId><statusCode code=\"waitContinuedQueryResponse\"/>"
	"<queryContinuation><queryId root=\""
	"<continuationQuantity value=\""
	"<initialQuantity value=\""
	"<initialQuantityCode code=\"RD\"/>"
	"<matchCriterionList><minimumDegreeMatch><value xsi:type=\"INT\" value=\""
	"\"/><semanticsText>MatchCriterionList.minimumDegreeMatch</semanticsText>"
	"</minimumDegreeMatch></matchCriterionList>"
	"<parameterList><livingSubjectAdministrativeGender><value code=\""
	"\"/><semanticsText>LivingSubject.administrativeGender</semanticsText>"
	"</livingSubjectAdministrativeGender>"
	"<livingSubjectBirthTime><value value=\"19"
	"\"/><semanticsText>LivingSubject.birthTime</semanticsText></livingSubjectBirthTime>"
	"<livingSubjectId><value root=\""
	"\"/><semanticsText>LivingSubject.id</semanticsText></livingSubjectId>"
	"<livingSubjectName><value use=\"SRCH\"><family>"
	"</family><given>"
	"</given></value><semanticsText>LivingSubject.name</semanticsText></livingSubjectName>"
	"<mothersMaidenName><value><family>"
	"</family></value><semanticsText>Person.MothersMaidenName</semanticsText>"
	"</mothersMaidenName>"
	"<otherIDsScopingOrganization><value root=\""
	"\"/><semanticsText>OtherIDs.scopingOrganization.id</semanticsText>"
	"</otherIDsScopingOrganization>"
	"<patientAddress><value><streetAddressLine>"
	"</streetAddressLine><city>"
	"</city><postalCode>"
	"</postalCode></value><semanticsText>Patient.addr</semanticsText></patientAddress>"
	"<patientTelecom><value value=\"tel:0"
	"\"/><semanticsText>Patient.telecom</semanticsText></patientTelecom>"
	"ITI-47\0\2\21IHE Transactions\0\3\33Patient Demographics Query\0"
	"/pdq\0"
#include "gateway/audit/event_dictionary_1.h"
	;

struct bytes event_dictionary(unsigned number)
{
	static const struct {
		const char *octets;
		size_t length;
	} all[] = { { first, sizeof first - 1 }, { second, sizeof second - 1 } };
	if (number == 0 || number > EVENT_DICTIONARY)
		return (struct bytes){ 0 };
	return (struct bytes){ (const unsigned char *)all[number - 1].octets,
			       all[number - 1].length };
}
