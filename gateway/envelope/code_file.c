/* gateway/envelope/code_file.c: what holds of a code whichever file it stands in. */
#include "gateway/envelope/code_file.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "schemas/tables/rim.h"

const char code_attributes_remedy[] =
	"write one of associationDocumentation, classCode, codeList (of Folders), "
	"confidentialityCode, contentTypeCode, eventCodeList, formatCode, "
	"healthcareFacilityTypeCode, languageCode, mimeType, practiceSettingCode, typeCode";

/* Of a value told back in a fault. */
enum { TOLD_MOST = 80 };

struct code_file code_file_in(struct arena *a)
{
	return (struct code_file){ .arena = a };
}

const char *code_file_told(const struct code_file *f, const char *value)
{
	size_t length = strlen(value);
	if (length <= TOLD_MOST)
		return value;
	return arena_printf(f->arena, "%.*s...",
			    (int)text_utf8_length((const unsigned char *)value, TOLD_MOST), value);
}

static const struct code_fault **add(struct code_file *f, const struct code_fault **first,
				     const struct code_fault **tail, struct code_fault made)
{
	struct code_fault *one = arena_new(f->arena, struct code_fault);
	*one = made;
	*(tail == NULL ? first : tail) = one;
	return &one->next;
}

bool code_file_fault(struct code_file *f, unsigned line, const char *where, const char *remedy,
		     const char *what, ...)
{
	va_list list;
	if (f->fault_count++ >= CODE_FAULTS_MOST)
		return false;
	va_start(list, what);
	const char *text = arena_vprintf(f->arena, what, list);
	va_end(list);
	f->faults_tail = add(
		f, &f->faults, f->faults_tail,
		(struct code_fault){
			.line = line, .where = where, .what = text, .remedy = remedy });
	return false;
}

void code_file_note(struct code_file *f, unsigned line, const char *what)
{
	f->notes_tail = add(f, &f->notes, f->notes_tail,
			    (struct code_fault){ .line = line, .what = what });
}

static size_t characters(const char *text)
{
	size_t count = 0;
	for (; *text != '\0'; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A value that can be in a message, and of which nobody wonders later why it does not match. */
static bool fits(struct code_file *f, const struct code_row *r, const char *where, const char *name,
		 const char *value, enum rim_part part)
{
	size_t length = value == NULL ? 0 : strlen(value), most = rim_part(part)->most;
	if (length == 0)
		return true;
	if (blank(value[0]) || blank(value[length - 1]))
		return code_file_fault(f, r->line, where, "take them away",
				       "%s \"%s\" has blanks at an end", name,
				       code_file_told(f, value));
	if (characters(value) > most)
		return code_file_fault(f, r->line, where,
				       "write what messages have, or leave it out",
				       "%s \"%s\" is longer than %zu characters", name,
				       code_file_told(f, value), most);
	if (length > 1 && value[0] == '"' && value[length - 1] == '"')
		return code_file_fault(f, r->line, where, "save the table without quotes",
				       "%s %s stands in quotes", name, code_file_told(f, value));
	for (const char *c = value; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return code_file_fault(f, r->line, where, "take it away",
					       "%s has a control character", name);
	return true;
}

/* type/subtype, RFC 2045 5.1, without parameters. */
static bool is_media_type(const char *text)
{
	static const char token[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "!#$%&'*+-.^_`{|}~";
	size_t type = strspn(text, token);
	if (type == 0 || text[type] != '/')
		return false;
	size_t subtype = strspn(text + type + 1, token);
	return subtype > 0 && text[type + 1 + subtype] == '\0';
}

static bool plain_fits(struct code_file *f, const struct code_row *r, const char *where)
{
	const struct affinity_code *c = &r->code;
	if (!text_empty(c->scheme))
		return code_file_fault(f, r->line, where, "leave the scheme empty",
				       "%s has no coding scheme, here it is \"%s\"", c->attribute,
				       code_file_told(f, c->scheme));
	if (text_equal(c->attribute, "mimeType") && !is_media_type(c->code))
		return code_file_fault(f, r->line, where, "write it as type/subtype",
				       "\"%s\" is no media type", code_file_told(f, c->code));
	if (text_equal(c->attribute, "languageCode") && !rim_is_language(c->code))
		return code_file_fault(f, r->line, where, "write a tag such as ja-JP",
				       "\"%s\" is no language tag", code_file_told(f, c->code));
	return true;
}

static bool code_fits(struct code_file *f, const struct code_row *r, const char *where)
{
	const struct affinity_code *c = &r->code;
	if (code_attribute(c->attribute) < 0)
		return code_file_fault(f, r->line, where, code_attributes_remedy,
				       "\"%s\" is no coded attribute",
				       code_file_told(f, c->attribute));
	if (text_empty(c->code))
		return code_file_fault(f, r->line, where, "write the code, or remove the row",
				       "a row of %s has no code", c->attribute);
	if (!fits(f, r, where, "the code", c->code, RIM_NODE_REPRESENTATION)
	    || !fits(f, r, where, "the scheme", c->scheme, RIM_VALUE)
	    || !fits(f, r, where, "the Japanese name", c->japanese, RIM_NAME)
	    || !fits(f, r, where, "the English name", c->english, RIM_NAME)
	    || !fits(f, r, where, "the extension", c->extension, RIM_NAME))
		return false;
	if (code_attribute_is_plain(c->attribute))
		return plain_fits(f, r, where);
	return !text_empty(c->scheme)
	       || code_file_fault(f, r->line, where, "write the OID of its coding scheme",
				  "code \"%s\" of %s has no coding scheme",
				  code_file_told(f, c->code), c->attribute);
}

bool code_file_add(struct code_file *f, const struct affinity_code *code, unsigned line,
		   const char *where)
{
	struct code_row *r = arena_new(f->arena, struct code_row);
	if (f->count == CODE_ROWS_MOST)
		return code_file_fault(f, line, where,
				       "let a row with the code * stand for a whole scheme",
				       "there are more than %d codes", CODE_ROWS_MOST);
	r->code = *code;
	r->line = line;
	if (!code_fits(f, r, where))
		return false;
	if (r->code.scheme == NULL)
		r->code.scheme = "";
	*(f->tail == NULL ? &f->first : f->tail) = r;
	f->tail = &r->next;
	f->count++;
	return true;
}

struct code_sets code_file_sets(const struct code_file *f)
{
	struct affinity_code *codes = arena_array(f->arena, struct affinity_code, f->count + 1);
	struct code_sets s = { .codes = codes };
	for (const struct code_row *r = f->first; r != NULL; r = r->next)
		codes[s.count++] = r->code;
	size_t places = code_sets_places(s.count);
	code_sets_index(&s, arena_array(f->arena, uint32_t, places), places);
	return s;
}

enum code_form code_form_of(struct bytes text)
{
	size_t at = text.length >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	while (at < text.length && blank((char)text.data[at]))
		at++;
	return at < text.length && text.data[at] == '<'   ? CODE_FORM_XML
	       : at < text.length && text.data[at] == '{' ? CODE_FORM_FHIR
							  : CODE_FORM_TSV;
}

/* Of two rows that say the same code: in our own form somebody must decide which name holds; the
 * foreign ones say codes twice in practice, and the first holds. */
static void settle_twice(struct code_file *f, bool refused)
{
	struct code_sets s = code_file_sets(f);
	struct code_row **place = &f->first;
	const unsigned *lines = NULL;
	unsigned *of = arena_array(f->arena, unsigned, s.count + 1);
	for (struct code_row *r = f->first; r != NULL; r = r->next)
		*of++ = r->line;
	lines = of - s.count;
	f->tail = NULL;
	for (size_t i = 0; i < s.count; i++) {
		struct code_row *r = *place;
		const struct affinity_code *first = code_sets_find(&s, r->code.attribute,
								   r->code.code, r->code.scheme);
		if (first == &s.codes[i]) {
			f->tail = place = &r->next;
			continue;
		}
		if (refused)
			code_file_fault(f, r->line, NULL, "keep one of the two",
					"code \"%s\" of %s stands in line %u already",
					code_file_told(f, r->code.code), r->code.attribute,
					lines[first - s.codes]);
		*place = r->next;
		f->twice++;
		f->count--;
	}
}

bool code_file_read(struct code_file *f, struct bytes text, const struct code_reading *with)
{
	enum code_form form = code_form_of(text);
	if (text.length > CODE_FILE_MOST)
		return code_file_fault(f, 0, NULL, "import it in parts, an attribute each",
				       "it is longer than %d MiB", CODE_FILE_MOST >> 20);
	if (form == CODE_FORM_XML)
		code_file_read_xml(f, text);
	else if (form == CODE_FORM_FHIR)
		code_file_read_fhir(f, text, with);
	else
		code_file_read_tsv(f, text);
	settle_twice(f, form == CODE_FORM_TSV);
	if (f->fault_count == 0 && f->count == 0)
		code_file_fault(f, 0, NULL, "give a file that has codes", "it has no code");
	return f->fault_count == 0;
}
