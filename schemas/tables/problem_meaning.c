/* schemas/tables/problem_meaning.c: what a problem means, and what its sender can do. */
#include "schemas/tables/problem_meaning.h"

#include <stdio.h>
#include <string.h>

/* Rows are laid out by hand. */
/* clang-format off */

static const struct problem_meaning rows[PROBLEM_COUNT] = {
	[PROBLEM_NONE] = { .meaning = "Nothing is wrong." },
	[PROBLEM_MALFORMED] = {
		.meaning = "The message is not what its content type says: no XML, no SOAP "
			   "envelope, no HL7 message, no JSON.",
		.sender = "read where it breaks off in the answer, and mend what writes the "
		"message",
	},
	[PROBLEM_VERSION_MISMATCH] = {
		.meaning = "The envelope is SOAP 1.1, or of another version.",
		.sender = "send SOAP 1.2 (ITI TF-2: Appendix V.3)",
	},
	[PROBLEM_MUST_UNDERSTAND] = {
		.meaning = "A header must be understood and is one that this gateway does not "
		"know.",
		.sender = "leave the header out, or send it without mustUnderstand",
	},
	[PROBLEM_ACTION_MISMATCH] = {
		.meaning = "wsa:Action, the Content-Type's action and the body name different "
			   "transactions.",
		.sender = "let all three name the same",
	},
	[PROBLEM_ACTION_NOT_SUPPORTED] = {
		.meaning = "No transaction of this gateway has that action.",
		.sender = "compare the action with minato transactions, and the path with its "
		"actor",
	},
	[PROBLEM_ADDRESSING_REQUIRED] = {
		.meaning = "A WS-Addressing header is missing that the transaction needs.",
		.sender = "send wsa:Action, wsa:MessageID and wsa:To",
	},
	[PROBLEM_ADDRESSING_INVALID] = {
		.meaning = "A WS-Addressing header cannot be used as it is, such as a ReplyTo "
			   "nobody has allowed.",
		.sender = "mend the header that the answer names, or leave it out",
	},
	[PROBLEM_TOO_LARGE] = {
		.meaning = "A limit of this gateway was passed; the answer says which.",
		.sender = "send less at once",
	},
	[PROBLEM_TIMEOUT] = {
		.meaning = "The message was not complete in time.",
		.sender = "send it again; look at the line in between if it happens often",
	},
	[PROBLEM_MEDIA_TYPE] = {
		.meaning = "The Content-Type, or an encoding, is not one this transaction takes.",
		.sender = "send application/soap+xml, or multipart/related with application/xop+xml"
			  " for documents",
	},
	[PROBLEM_PATH_UNKNOWN] = {
		.meaning = "There is nothing at that address.",
		.sender = "ask the operator for the address of the actor",
	},
	[PROBLEM_METHOD] = {
		.meaning = "That address does not take that method.",
		.sender = "use the method in the answer's Allow",
	},
	[PROBLEM_SECURITY_INVALID] = {
		.meaning = "The wsse:Security header is not as WS-Security and ITI-40 have it: "
			   "too large, given twice, a signature of something else, a second "
			   "assertion.",
		.sender = "send one Security header with one assertion of SAML 2.0, enveloped-"
			  "signed, by exclusive canonicalisation, as its issuer made it",
	},
	[PROBLEM_TOKEN_UNSUPPORTED] = {
		.meaning = "A security token of a kind that is not taken, or of a system that may "
			   "send none.",
		.sender = "send an assertion of SAML 2.0 that is not encrypted",
	},
	[PROBLEM_TOKEN_ALGORITHM] = {
		.meaning = "The assertion is signed by an algorithm that is not taken.",
		.sender = "have it signed by RSA or ECDSA with SHA-256, 384 or 512",
	},
	[PROBLEM_TOKEN_INVALID] = {
		.meaning = "The assertion does not hold here and now: expired, too long, for "
			   "another audience, or without what ITI-40 wants.",
		.sender = "get a new one from its issuer, for this region; compare the clocks",
	},
	[PROBLEM_TOKEN_AUTHENTICATION] = {
		.meaning = "The assertion is by nobody who is believed, or not this system's to "
			   "present.",
		.sender = "use the issuer the region believes, for people of its own facility",
	},
	[PROBLEM_TOKEN_CHECK] = {
		.meaning = "The assertion was changed after it had been signed.",
		.sender = "send it octet for octet as it came; do not indent it",
	},
	[PROBLEM_TOKEN_UNAVAILABLE] = {
		.meaning = "There is no assertion, and this system's requests need one.",
		.sender = "send one in wsse:Security (ITI TF-2: 3.40)",
	},
	[PROBLEM_NODE_UNKNOWN] = {
		.meaning = "The certificate belongs to no registered system.",
		.sender = "let the operator register the certificate you really show",
	},
	[PROBLEM_NOT_PERMITTED] = {
		.meaning = "Who asked is known, but may not do this.",
		.sender = "ask the operator whether your system is to do it",
	},
	[PROBLEM_LOCKED_OUT] = {
		.meaning = "The region's operator has locked this system, or its facility, out.",
		.sender = "ask the operator why, and when it may take part again; what was "
			  "refused meanwhile is to be sent again then",
	},
	[PROBLEM_DOMAIN_NOT_OWNED] = {
		.meaning = "A system fed, merged or submitted ids of a domain that is another "
			   "system's.",
		.sender = "send ids of your own domain; PID-3.4 or the II root names it",
	},
	[PROBLEM_HEADER_MISSING] = {
		.meaning = "A field of MSH that the message must have is empty.",
		.sender = "fill the field that ERR names",
	},
	[PROBLEM_HEADER_INVALID] = {
		.meaning = "A field of MSH is not of its form.",
		.sender = "mend the field that ERR names",
	},
	[PROBLEM_SENDER_MISMATCH] = {
		.meaning = "MSH-3 or MSH-4 is not what this system must write.",
		.sender = "write the application and the facility that the operator has registered",
	},
	[PROBLEM_SEGMENT_MISSING] = {
		.meaning = "A segment that the message must have is not there.",
		.sender = "send the segment that ERR names",
	},
	[PROBLEM_FIELD_MISSING] = {
		.meaning = "A field or element that must have a value is empty.",
		.sender = "fill what the location names",
	},
	[PROBLEM_DATA_TYPE] = {
		.meaning = "A value is not of its form: a date, an id, a number, a character set.",
		.sender = "mend what the location names",
	},
	[PROBLEM_TABLE_VALUE] = {
		.meaning = "A code is none of its table.",
		.sender = "use a code of the table, or ask whether a leniency is meant for it",
	},
	[PROBLEM_MESSAGE_TYPE] = {
		.meaning = "That type of message is not taken here.",
		.sender = "compare MSH-9 with minato transactions",
	},
	[PROBLEM_EVENT] = {
		.meaning = "That trigger event is not taken here.",
		.sender = "compare MSH-9.2 with minato transactions",
	},
	[PROBLEM_PROCESSING_ID] = {
		.meaning = "MSH-11 is none that is processed here.",
		.sender = "send P",
	},
	[PROBLEM_VERSION_ID] = {
		.meaning = "MSH-12 is another version than the transaction's.",
		.sender = "send 2.3.1 for ITI-8, 2.5 for ITI-9",
	},
	[PROBLEM_UNKNOWN_KEY] = {
		.meaning = "An id, or the domain it is of, is not known here; or nobody may know "
			   "whether it is.",
		.sender = "feed the patient first, and compare the domain with the one registered",
	},
	[PROBLEM_DUPLICATE_KEY] = {
		.meaning = "What the message makes is there already.",
		.sender = "send an update instead",
	},
	[PROBLEM_MERGE_REFUSED] = {
		.meaning = "The merge cannot be: into itself, across domains, or of an id that was "
			   "merged already.",
		.sender = "look at what has become of both ids (ITI-9, ITI-45)",
	},
	[PROBLEM_MISSING_DOCUMENT] = {
		.meaning = "Metadata names a document that did not come with the message.",
		.sender = "send each document as an attachment, or inline",
	},
	[PROBLEM_MISSING_DOCUMENT_METADATA] = {
		.meaning = "A document came that no metadata names.",
		.sender = "give the document a DocumentEntry",
	},
	[PROBLEM_REGISTRY_METADATA] = {
		.meaning = "An attribute of the metadata is missing, twice, too long or not of its "
			   "form.",
		.sender = "mend what codeContext names (ITI TF-3: 4.2.3)",
	},
	[PROBLEM_REPOSITORY_METADATA] = {
		.meaning = "The same, found by the repository.",
		.sender = "mend what codeContext names (ITI TF-3: 4.2.3)",
	},
	[PROBLEM_REGISTRY_DUPLICATE_IN_MESSAGE] = {
		.meaning = "One uniqueId stands twice in the submission.",
		.sender = "give each object its own",
	},
	[PROBLEM_REPOSITORY_DUPLICATE_IN_MESSAGE] = {
		.meaning = "The same, found by the repository.",
		.sender = "give each object its own",
	},
	[PROBLEM_DUPLICATE_IN_REGISTRY] = {
		.meaning = "An object with that uniqueId is registered already.",
		.sender = "it may be your own submission before this one: ask by ITI-18, or use a "
			  "new uniqueId",
	},
	[PROBLEM_NON_IDENTICAL_HASH] = {
		.meaning = "A document with that uniqueId is held with other contents.",
		.sender = "a new version is a new document: RPLC with a new uniqueId",
	},
	[PROBLEM_NON_IDENTICAL_SIZE] = {
		.meaning = "A document with that uniqueId is held with another size.",
		.sender = "a new version is a new document: RPLC with a new uniqueId",
	},
	[PROBLEM_PATIENT_ID_DOES_NOT_MATCH] = {
		.meaning = "The objects of one submission are of different patients.",
		.sender = "submit each patient's objects by themselves",
	},
	[PROBLEM_UNKNOWN_PATIENT] = {
		.meaning = "The patient of the submission is not known here.",
		.sender = "feed the patient first (ITI-8, ITI-44), and submit again",
	},
	[PROBLEM_DEPRECATED_DOCUMENT] = {
		.meaning = "The document that is replaced or added to is deprecated.",
		.sender = "replace the one that is Approved",
	},
	[PROBLEM_REPLACES_ANOTHERS] = {
		.meaning = "The document that is replaced is another facility's, and that right "
			   "was not given.",
		.sender = "let the facility that submitted it replace it, or add to it by APND",
	},
	[PROBLEM_TOO_MANY_RELATED] = {
		.meaning = "So much is related to one object already, or so much to those that one "
			   "submission touches, that handling it would hold up all others.",
		.sender = "submit in parts; begin a new folder, or replace the document with one "
			  "that holds its addenda",
	},
	[PROBLEM_UNRESOLVED_REFERENCE] = {
		.meaning = "An association or folder names an object that is not there.",
		.sender = "submit both together, or first the one that is named",
	},
	[PROBLEM_REFERENCES_EXIST] = {
		.meaning = "An association that was not named for removal touches an object that "
			   "was.",
		.sender = "name that association, too (GetAssociations tells which there are), or "
			  "let the object stay",
	},
	[PROBLEM_UNREFERENCED_OBJECT] = {
		.meaning = "An object that stays would be left without any association.",
		.sender = "name that object, too, or let one of its associations stay",
	},
	[PROBLEM_REMOVES_ANOTHERS] = {
		.meaning = "What was to be removed is another facility's.",
		.sender = "ask that facility, or the region's Document Administrator",
	},
	[PROBLEM_REMOVE_DOCUMENTS] = {
		.meaning = "The document stands in its facility's own directory, which is only "
			   "read.",
		.sender = "let the facility remove it there",
	},
	[PROBLEM_METADATA_UPDATE] = {
		.meaning = "The update contradicts what is registered: its status, its "
			   "identifiers, an association that is there already, or that it is "
			   "another form of a document.",
		.sender = "ask the registry for the object as it is, and update that, or the "
			  "document",
	},
	[PROBLEM_METADATA_UPDATE_OPERATION] = {
		.meaning = "No operation of Update Document Set can be made of the request.",
		.sender = "compare the associations, and their slots, with ITI XDS Metadata Update",
	},
	[PROBLEM_METADATA_VERSION] = {
		.meaning = "The object to be updated is not there, or its latest version is "
			   "another than PreviousVersion.",
		.sender = "ask the registry for the latest version, and update that",
	},
	[PROBLEM_PATIENT_RECONCILIATION] = {
		.meaning = "The update would join objects of two patients.",
		.sender = "see whose the objects are; separate them first, if one is another "
			  "patient's",
	},
	[PROBLEM_METADATA_IDENTIFIER] = {
		.meaning = "An update cannot change the uniqueId.",
		.sender = "leave uniqueId as it is registered",
	},
	[PROBLEM_OBJECT_TYPE] = {
		.meaning = "The update is of what this transaction does not update, or changes the "
			   "type of a document entry.",
		.sender = "leave objectType as it is, and send document entries only",
	},
	[PROBLEM_INVALID_REQUEST] = {
		.meaning = "A first version was sent as an update.",
		.sender = "give it the logical id (lid) of what is updated, and another id",
	},
	[PROBLEM_UNMODIFIABLE] = {
		.meaning = "The update changes what may not be changed by this transaction.",
		.sender = "leave that attribute as it is, or use Update Document Set",
	},
	[PROBLEM_METADATA_ANNOTATION] = {
		.meaning = "What an update says of itself (PreviousVersion, "
			   "AssociationPropagation) is missing, or cannot be taken.",
		.sender = "say it at the HasMember of the submission set",
	},
	[PROBLEM_UPDATES_ANOTHERS] = {
		.meaning = "What was to be updated is another facility's.",
		.sender = "ask that facility, or the region's Document Administrator",
	},
	[PROBLEM_LOCAL_POLICY] = {
		.meaning = "What was to be updated is another facility's, or another form of a "
			   "document.",
		.sender = "ask that facility, or the region's Document Administrator; update the "
			  "document",
	},
	[PROBLEM_INVALID_SIGNATURE] = {
		.meaning = "A signature over documents does not hold: a document is not the one "
			   "that was signed, or the signature is not its signer's.",
		.sender = "sign the documents as they are sent, octet for octet, and send the "
			  "signature as it was made",
	},
	[PROBLEM_UNKNOWN_QUERY] = {
		.meaning = "No stored query has that id.",
		.sender = "compare the id with ITI TF-2: 3.18.4.1.2.4",
	},
	[PROBLEM_QUERY_MISSING_PARAMETER] = {
		.meaning = "A parameter that the query must have is missing.",
		.sender = "send the parameter that codeContext names",
	},
	[PROBLEM_QUERY_PARAMETER_NUMBER] = {
		.meaning = "A parameter has more or fewer values than it may.",
		.sender = "send as many as ITI TF-2: 3.18.4.1.2.3.7 says",
	},
	[PROBLEM_RESULT_NOT_SINGLE_PATIENT] = {
		.meaning = "The objects asked for are of more than one patient.",
		.sender = "ask for each patient by itself, or for references",
	},
	[PROBLEM_TOO_MANY_RESULTS] = {
		.meaning = "More was found than one answer may hold.",
		.sender = "ask for less: a span of time, a type; or for references first",
	},
	[PROBLEM_QUERY_INVALID] = {
		.meaning = "A parameter cannot be read: quotes, parentheses, an id, a code of a "
			   "closed list.",
		.sender = "mend what codeContext names",
	},
	[PROBLEM_DOCUMENT_UNIQUE_ID] = {
		.meaning = "No document of that uniqueId is held here, or none that may be seen.",
		.sender = "ask for it as ITI-18 answered it",
	},
	[PROBLEM_DOCUMENT_REFUSED] = {
		.meaning = "The region's rules say that documents of that kind are not for who "
			   "asks, and that he is told so (minato.policy(5)).",
		.sender = "ask by somebody whose role and purpose the rules permit",
	},
	[PROBLEM_UNKNOWN_REPOSITORY] = {
		.meaning = "That repositoryUniqueId is not this repository's.",
		.sender = "send the repositoryUniqueId of the DocumentEntry",
	},
	[PROBLEM_UNKNOWN_COMMUNITY] = {
		.meaning = "That homeCommunityId is not this community's.",
		.sender = "send the homeCommunityId of the answer, or none",
	},
	[PROBLEM_MISSING_HOME_COMMUNITY] = {
		.meaning = "Objects asked for by their ids are some community's, and which one was "
			   "not said: by who asks, or, of objects it gave, by another community.",
		.sender = "send the homeCommunityId that came with the object",
	},
	[PROBLEM_UNAVAILABLE_COMMUNITY] = {
		.meaning = "Another community gave no answer that counts in time: what it has of "
			   "the patient is not in the answer.",
		.sender = "ask again later; what others answered is there",
	},
	[PROBLEM_COMMUNITY_CONTRADICTS] = {
		.meaning = "Another community answered with objects that cannot be of what it was "
			   "asked for: another patient's, or of another kind. They are not in the "
			   "answer.",
		.sender = "nothing; what is left of its answer is there",
	},
	[PROBLEM_MISSING_COMMUNITY] = {
		.meaning = "It was not said of which community it is asked.",
		.sender = "send the homeCommunityId that came with what is named",
	},
	[PROBLEM_EXTRA_METADATA_NOT_SAVED] = {
		.meaning = "Slots beyond the standard's were left out; the rest was kept.",
		.sender = "a warning: nothing, unless you need them back",
	},
	[PROBLEM_UNKNOWN_RECIPIENT] = {
		.meaning = "There is no such inbox for who sends; or, as a warning, an "
			   "intendedRecipient is another institution than the inbox's.",
		.sender = "ask the region's operator for the address of the facility's inbox",
	},
	[PROBLEM_INVALID_DOCUMENT_CONTENT] = {
		.meaning = "A document is of a media type that the inbox does not take.",
		.sender = "send it in a form the facility can read",
	},
	[PROBLEM_FOLDER_NOT_PROCESSED] = {
		.meaning = "A folder was kept with what was pushed, and means nothing more there.",
		.sender = "a warning: nothing",
	},
	[PROBLEM_RELATIONSHIP_NOT_PROCESSED] = {
		.meaning = "An association leads out of what was pushed: it was kept, and means "
			   "nothing more there.",
		.sender = "a warning: nothing",
	},
	[PROBLEM_REPLACE_NOT_PROCESSED] = {
		.meaning = "What was to be replaced is not in what was pushed: both stay.",
		.sender = "a warning: tell the facility, if it has the former document",
	},
	[PROBLEM_APPEND_NOT_PROCESSED] = {
		.meaning = "What was appended to is not in what was pushed.",
		.sender = "a warning: send both together, if the facility needs both",
	},
	[PROBLEM_TRANSFORM_NOT_PROCESSED] = {
		.meaning = "What was transformed is not in what was pushed.",
		.sender = "a warning: nothing",
	},
	[PROBLEM_TRANSFORM_REPLACE_NOT_PROCESSED] = {
		.meaning = "What was transformed and replaced is not in what was pushed: both "
			   "stay.",
		.sender = "a warning: tell the facility, if it has the former document",
	},
	[PROBLEM_FILTER_INVALID] = {
		.meaning = "The filter of a subscription is none that is understood: its id, a "
			   "parameter, a value, a patient nobody knows, or a topic it does not go "
			   "with.",
		.sender = "compare it with ITI TF-2: 3.52.5.2; the fault names the parameter",
	},
	[PROBLEM_TOPIC_DIALECT] = {
		.meaning = "The topic of a subscription is written in another dialect than Simple.",
		.sender = "write Dialect=\"http://docs.oasis-open.org/wsn/t-1/TopicExpression/"
			  "Simple\"",
	},
	[PROBLEM_TOPIC_INVALID] = {
		.meaning = "The topic of a subscription is not one name.",
		.sender = "write one of ITI TF-2: 3.52.5.1, such as ihe:FullDocumentEntry",
	},
	[PROBLEM_TOPIC_NOT_SUPPORTED] = {
		.meaning = "There is no such topic here.",
		.sender = "subscribe to ihe:FullDocumentEntry, ihe:MinimalDocumentEntry, "
			  "ihe:SubmissionSetMetadata or ihe:FolderMetadata",
	},
	[PROBLEM_POLICY_UNKNOWN] = {
		.meaning = "A subscription asks for a policy that is not known here.",
		.sender = "leave SubscriptionPolicy out",
	},
	[PROBLEM_TERMINATION_TIME] = {
		.meaning = "A subscription would end before it begins, or at no time that can be "
			   "read.",
		.sender = "send an xsd:dateTime to come, or a positive xsd:duration",
	},
	[PROBLEM_SUBSCRIPTIONS_FULL] = {
		.meaning = "There are as many subscriptions of that system, to that patient or to "
			   "every patient as there may be.",
		.sender = "unsubscribe from what is not needed any more",
	},
	[PROBLEM_SUBSCRIPTION_UNKNOWN] = {
		.meaning = "There is no such subscription of that system: it has ended, or is "
			   "another's.",
		.sender = "unsubscribe at the address that the SubscribeResponse gave, as the "
			  "system that subscribed",
	},
	[PROBLEM_PULL_POINTS_FULL] = {
		.meaning = "That system has as many pull points as there may be of one.",
		.sender = "use one for several subscriptions, and destroy what is not needed any "
			  "more",
	},
	[PROBLEM_PULL_POINT_UNKNOWN] = {
		.meaning = "There is no such pull point of that system: it was destroyed, or is "
			   "another's.",
		.sender = "ask at the address that the CreatePullPointResponse gave, as the system "
			  "that had it made",
	},
	[PROBLEM_PULL_POINT_IN_USE] = {
		.meaning = "Something still subscribes for that pull point.",
		.sender = "unsubscribe first, then destroy the pull point",
	},
	[PROBLEM_REGISTRY_NOT_AVAILABLE] = {
		.meaning = "The documents are registered with another's registry, and it gave no "
			   "answer that counts in time: nothing was stored.",
		.sender = "send it again later",
	},
	[PROBLEM_REGISTRY_REFUSED] = {
		.meaning = "The documents are registered with another's registry, and it refused "
			   "them: nothing was stored. Its errors are told as it said them.",
		.sender = "correct what that registry names",
	},
	[PROBLEM_STORE_FULL] = {
		.meaning = "The disk has no room for what was to be kept.",
		.sender = "send it again later",
	},
	[PROBLEM_DISK_QUOTA] = {
		.meaning = "What the system has sent would take up more of the disk than its "
			   "disk-quota allows; the answer says both. Nothing was kept.",
		.sender = "ask the region's operator for more room; sending again does not help",
	},
	[PROBLEM_INBOX_FULL] = {
		.meaning = "The facility's inbox holds as much as it may; nothing was kept.",
		.sender = "tell the facility, and send it again later",
	},
	[PROBLEM_OUT_OF_RESOURCES] = {
		.meaning = "The exchange needed more memory than exchange-memory allows.",
		.sender = "ask for less at once, or send less",
	},
	[PROBLEM_BUSY] = {
		.meaning = "Too much is under way.",
		.sender = "send it again later",
	},
	[PROBLEM_RATE] = {
		.meaning = "A system asked for more, or more often, than its section allows "
			   "(requests-per-second, exchanges-at-once).",
		.sender = "send it again after a moment (Retry-After), and less at a time",
	},
	[PROBLEM_INTERNAL] = {
		.meaning = "Something failed inside the gateway; its log has the exchange.",
		.sender = "send it again later; tell the operator the exchange's id",
	},
	[PROBLEM_AUDIT_UNAVAILABLE] = {
		.meaning = "The audit record could not be kept, so nothing was answered and "
			   "nothing changed.",
		.sender = "send it again later",
	},
	[PROBLEM_OUTBOX_FULL] = {
		.meaning = "More waits to be sent elsewhere, to this partner or to all, than "
			   "section outbox of the configuration allows.",
		.sender = "see that the address of wsa:ReplyTo takes what is sent to it, and ask "
		"again",
	},
	[PROBLEM_ANSWERS_FULL] = {
		.meaning = "Answers that are not sent yet hold as much of the disk as service "
			   "answers-disk of the configuration allows.",
		.sender = "ask again later, or for less; read what you asked for",
	},
	[PROBLEM_NO_PLACE] = {
		.meaning = "As many imports, checks, verifications and backups wait already as "
		"may.",
		.sender = "ask again when some of them are over",
	},
	[PROBLEM_CANCELLED] = {
		.meaning = "What takes long was ended by the operator who had asked for it.",
		.sender = "ask again for what is left of it",
	},
	[PROBLEM_REQUEST_INVALID] = {
		.meaning = "The operator's request cannot be understood; what stands where is "
		"told.",
	},
	[PROBLEM_NOT_FOUND] = {
		.meaning = "What was asked for is not there.",
	},
	[PROBLEM_CONFLICT] = {
		.meaning = "What was to be made is there already, or something stands in its "
		"place.",
	},
	[PROBLEM_CONFIGURATION] = {
		.meaning = "The configuration cannot be used as it is; the sentence says where.",
	},
	[PROBLEM_ACTOR_OFF] = {
		.meaning = "The operator's request works with an actor that this gateway is not.",
	},
};

const struct problem_meaning *problem_meaning(enum problem_code code)
{
	static const struct problem_meaning none = { .meaning = "" };
	return code < PROBLEM_COUNT && rows[code].meaning != NULL ? &rows[code] : &none;
}

static bool same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool is_number(int number, const char *text)
{
	char digits[12];
	snprintf(digits, sizeof digits, "%d", number);
	return number != 0 && strcmp(digits, text) == 0;
}

const char *problem_fault_name(enum problem_code code)
{
	static const char *const names[] = {
		[FAULT_NONE] = NULL, [FAULT_VERSION_MISMATCH] = "VersionMismatch",
		[FAULT_MUST_UNDERSTAND] = "MustUnderstand", [FAULT_SENDER] = "Sender",
		[FAULT_RECEIVER] = "Receiver",
	};
	return names[problem_row(code)->fault];
}

bool problem_is_called(enum problem_code code, const char *name)
{
	const struct problem_row *row = problem_row(code);
	const char *subcode = row->fault_subcode == NULL ? NULL : strchr(row->fault_subcode, ':');
	return same(row->name, name) || same(row->registry_error, name)
	       || same(row->repository_error, name) || same(row->fault_subcode, name)
	       || same(row->fault_element, name)
	       || (subcode != NULL && same(subcode + 1, name))
	       || same(problem_fault_name(code), name) || is_number(row->hl7_code, name)
	       || (row->http != 200 && is_number(row->http, name));
}
