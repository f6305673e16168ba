/* profiles/admin/disclosing_page.c: what is said where, as a table; the XML writer escapes it. */
#include "profiles/admin/disclosing_page.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_writer.h"

enum { COLUMNS_MOST = 8 };

struct page_column {
	const char *key, *heading;
};
static const struct {
	const char *heading;
	struct page_column columns[COLUMNS_MOST];
} sections[PAGE_SECTIONS] = {
	[PAGE_RECORDS] = { "登録されている方 / Who you are registered as",
			   { { "facility", "施設 Facility" },
			     { "id", "患者番号 Number" },
			     { "name", "氏名 Name" },
			     { "kana", "フリガナ Reading" },
			     { "birth_date", "生年月日 Born" },
			     { "sex", "性別 Sex" },
			     { "status", "状態 Status" } } },
	[PAGE_CONSENTS] = { "同意と不同意 / What you decided",
			    { { "time", "日時 Time" },
			      { "action", "決定 Decision" },
			      { "facility", "対象 About" },
			      { "reason", "理由 Reason" },
			      { "by", "記録者 Recorded by" } } },
	[PAGE_DOCUMENTS] = { "文書 / Documents",
			     { { "time", "作成日時 Made" },
			       { "type", "種別 Kind" },
			       { "title", "題名 Title" },
			       { "facility", "提供施設 From" },
			       { "file", "ファイル File" } } },
	[PAGE_LOOKS] = { "閲覧の記録 / Who looked",
			 { { "time", "日時 Time" },
			   { "who", "誰が" },
			   { "person", "担当者 Person" },
			   { "what", "何を" },
			   { "who_en", "Who" },
			   { "what_en", "What" } } },
	[PAGE_PROVISIONS] = { "第三者への提供の記録 / What was provided to others",
			      { { "time", "日時 Time" },
				{ "provider", "提供元 From" },
				{ "receiver", "提供先 To" },
				{ "receiver_person", "担当者 Person" },
				{ "items", "項目 What" },
				{ "consent", "同意 On which consent" } } },
	[PAGE_WITHHELD] = { "開示しなかった文書 / Documents that were not disclosed",
			    { { "rule", "規則 By the rule" }, { "count", "件数 How many" } } },
};

static const char style[] = "body{font-family:sans-serif;margin:2em}table{border-collapse:collapse}"
			    "th,td{border:1px solid #999;padding:.2em .5em;text-align:left}";
/* Nothing may be fetched, whatever a text says. */
static const char nothing[] = "default-src 'none'; style-src 'unsafe-inline'";

struct disclosing_page {
	struct arena *arena;
	struct xml_writer *rows[PAGE_SECTIONS];
};

struct disclosing_page *disclosing_page_begin(struct arena *a)
{
	struct disclosing_page *p = arena_new(a, struct disclosing_page);
	p->arena = a;
	for (size_t i = 0; i < PAGE_SECTIONS; i++) {
		struct xml_writer *w = p->rows[i] = xml_writer_begin(a);
		xml_open(w, "table");
		xml_open(w, "tr");
		for (const struct page_column *c = sections[i].columns; c->key != NULL; c++)
			xml_element_text(w, "th", c->heading);
		xml_close(w);
	}
	return p;
}

static const char *shown(struct arena *a, const json_t *value)
{
	if (json_is_integer(value))
		return arena_printf(a, "%lld", (long long)json_integer_value(value));
	const char *text = json_string_value(value);
	return text_empty(text) ? "–" : text;
}

static void put_cell(struct disclosing_page *p, struct xml_writer *w, const char *key,
		     const json_t *value)
{
	const char *text = shown(p->arena, value);
	xml_open(w, "td");
	if (text_equal(key, "file") && json_is_string(value)) {
		xml_open(w, "a");
		xml_put_attribute(w, "href", text);
		xml_put_text(w, text);
		xml_close(w);
	} else {
		xml_put_text(w, text);
	}
	xml_close(w);
}

void disclosing_page_row(struct disclosing_page *p, enum page_section where, const json_t *row)
{
	struct xml_writer *w = p->rows[where];
	xml_open(w, "tr");
	for (const struct page_column *c = sections[where].columns; c->key != NULL; c++)
		put_cell(p, w, c->key, json_object_get(row, c->key));
	xml_close(w);
}

/* An element that is never closed in HTML. */
static void put_meta(struct buffer *b, const char *attributes)
{
	buffer_printf(b, "<meta %s>\n", attributes);
}

static void put_text(struct arena *a, struct buffer *b, const char *name, const char *text)
{
	struct xml_writer *w = xml_writer_begin(a);
	xml_element_text(w, name, text);
	struct bytes octets = xml_writer_end(w);
	buffer_append(b, octets.data, octets.length);
	buffer_byte(b, '\n');
}

struct bytes disclosing_page_end(struct disclosing_page *p, const char *region, const char *whose,
				 const char *when, const char *since)
{
	struct arena *a = p->arena;
	struct buffer b = buffer_in(a);
	buffer_printf(&b, "<!DOCTYPE html>\n<html lang=\"ja\">\n<head>\n");
	put_meta(&b, "charset=\"utf-8\"");
	put_meta(&b,
		 arena_printf(a, "http-equiv=\"Content-Security-Policy\" content=\"%s\"", nothing));
	put_text(a, &b, "title", "開示 / Disclosure");
	put_text(a, &b, "style", style);
	buffer_printf(&b, "</head>\n<body>\n");
	put_text(a, &b, "h1", "あなたについての記録の開示 / Disclosure of what is held about you");
	put_text(a, &b, "p", arena_printf(a, "%s / %s / %s (UTC)", region, whose, when));
	put_text(a, &b, "p",
		 "同じ内容が identities.ndjson, consents.ndjson, looks.ndjson, "
		 "provisions.ndjson と metadata にもあります。全ファイルのハッシュ値は SHA256SUMS "
		 "にあります。 / The same stands in these files as JSON; SHA256SUMS has the hash "
		 "of every file.");
	for (size_t i = 0; i < PAGE_SECTIONS; i++) {
		struct bytes rows = xml_writer_end(p->rows[i]);
		put_text(a, &b, "h2", sections[i].heading);
		if (since != NULL && (i == PAGE_LOOKS || i == PAGE_PROVISIONS))
			put_text(
				a, &b, "p",
				arena_printf(a,
					     "%s (UTC) "
					     "より前の記録は保存期間を過ぎたため残っていません。 / "
					     "Nothing is known before %s: older records were kept "
					     "as long as they have to be.",
					     since, since));
		buffer_append(&b, rows.data, rows.length);
		buffer_byte(&b, '\n');
	}
	buffer_printf(&b, "</body>\n</html>\n");
	return buffer_bytes(&b);
}
