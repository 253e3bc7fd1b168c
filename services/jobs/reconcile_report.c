#include "reconcile_report.h"

#include "json_write.h"
#include "money.h"

#include <string.h>

static void report_json_rows(struct buffer *out, const char *name, const struct db_result *result)
{
    json_member(out, name);
    buffer_append_char(out, '[');
    for (size_t row = 0; row < db_row_count(result); row++) {
        json_separator(out);
        db_row_json(result, row, out);
    }
    buffer_append_char(out, ']');
}

void reconcile_report_json(const struct reconcile_rows *rows, struct buffer *out)
{
    buffer_append_char(out, '{');
    json_member_int(out, "district", rows->district);
    json_member(out, "totals");
    db_row_json(rows->day, 0, out);
    json_member_int(out, "files_checked", rows->files_checked);
    json_member_int(out, "files_damaged", rows->files_damaged);
    report_json_rows(out, "programmes", rows->programmes);
    report_json_rows(out, "divisions", rows->divisions);
    report_json_rows(out, "banks", rows->banks);
    report_json_rows(out, "breaks", rows->breaks);
    report_json_rows(out, "violations", rows->violations);
    buffer_append_text(out, "}\n");
}

static void report_html_text(struct buffer *out, const char *text)
{
    for (const char *c = text != NULL ? text : ""; *c != '\0'; c++) {
        if (*c == '<')
            buffer_append_text(out, "&lt;");
        else if (*c == '&')
            buffer_append_text(out, "&amp;");
        else if (*c == '"')
            buffer_append_text(out, "&quot;");
        else
            buffer_append_char(out, *c);
    }
}

/* Yuan with thousands separators: 1234567.89 becomes 1,234,567.89. */
static void report_html_money(struct buffer *out, int64_t amount_fen)
{
    char text[MONEY_TEXT_SIZE];
    money_format(amount_fen, text);
    size_t whole = strcspn(text, ".");
    buffer_append_text(out, "<td class=n>");
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0 && text[i - 1] != '-')
            buffer_append_char(out, ',');
        buffer_append_char(out, text[i]);
    }
    buffer_append_text(out, "</td>");
}

/* A stacked bar of 120 pixels: paid (green), returned or refused (red), open (yellow), as shares of the amount. */
static void report_html_bar(struct buffer *out, int64_t amount, int64_t paid, int64_t back)
{
    double paid_px = amount > 0 ? 120.0 * (double)paid / (double)amount : 0;
    double back_px = amount > 0 ? 120.0 * (double)back / (double)amount : 0;
    buffer_printf(out,
                  "<td><svg width=120 height=12 role=img aria-label=\"已发 paid %.1f%%\">"
                  "<rect width=120 height=12 fill=\"#d9c27a\"/><rect width=\"%.2f\" height=12 fill=\"#3c8a5a\"/>"
                  "<rect x=\"%.2f\" width=\"%.2f\" height=12 fill=\"#b5483a\"/></svg></td>",
                  paid_px / 1.2, paid_px, paid_px, back_px > 0 && back_px < 1 ? 1.0 : back_px);
}

/* A table of sums: two columns of text, then lines, people and the amounts by state. */
static void report_html_sums(struct buffer *out, const char *title, const char *heads, const struct db_result *result,
                             const char *first, const char *second)
{
    static const char *const amounts[] = {"amount_fen", "paid_fen", "returned_fen", "rejected_fen", "open_fen"};
    buffer_printf(
        out,
        "<h2>%s</h2><div class=wide><table><tr>%s<th class=n>笔数 lines<th class=n>人数 people<th class=n>金额 "
        "amount<th class=n>已发 paid"
        "<th class=n>退票 returned<th class=n>拒付 refused<th class=n>在途 open<th>占比 shares</tr>",
        title, heads);
    for (size_t row = 0; row < db_row_count(result); row++) {
        int64_t values[5];
        buffer_append_text(out, "<tr><td>");
        report_html_text(out, db_value(result, row, db_column(result, first)));
        buffer_append_text(out, "</td><td>");
        report_html_text(out, db_value(result, row, db_column(result, second)));
        buffer_printf(out, "</td><td class=n>%s</td><td class=n>%s</td>",
                      db_value(result, row, db_column(result, "lines")),
                      db_value(result, row, db_column(result, "people")));
        for (size_t i = 0; i < 5; i++) {
            values[i] = db_value_int(result, row, db_column(result, amounts[i]));
            report_html_money(out, values[i]);
        }
        report_html_bar(out, values[0], values[1], values[2] + values[3]);
        buffer_append_text(out, "</tr>\n");
    }
    buffer_append_text(out, "</table></div>\n");
}

static void report_html_head(const struct reconcile_rows *rows, struct buffer *out)
{
    const struct db_result *day = rows->day;
    const char *date = db_value(day, 0, db_column(day, "business_date"));
    bool good = db_value_int(day, 0, db_column(day, "difference_fen")) == 0 && db_row_count(rows->breaks) == 0 &&
                db_row_count(rows->violations) == 0 && rows->files_damaged == 0;
    buffer_printf(out,
                  "<!doctype html><html lang=zh><meta charset=utf-8><meta name=viewport "
                  "content=\"width=device-width\"><title>对账 %s</title><style>"
                  "body{font:15px/1.5 sans-serif;max-width:75em;margin:2em auto;padding:0 1em;color:#222}"
                  "table{border-collapse:collapse;width:100%%}td,th{padding:.25em .6em;border-bottom:1px solid #ddd;"
                  "text-align:left}td{white-space:nowrap}.n{text-align:right;font-variant-numeric:tabular-nums}.wide{"
                  "overflow-x:auto}.good{"
                  "color:#3c8a5a}"
                  ".bad{color:#b5483a}</style><h1>对账报告 Reconciliation %s · %lld</h1>"
                  "<p class=%s><b>%s</b></p>",
                  date, date, (long long)rows->district, good ? "good" : "bad",
                  good ? "账实相符 Everything ties to the fen" : "有待处理 There is something to clear");
}

static void report_html_totals(const struct reconcile_rows *rows, struct buffer *out)
{
    static const struct {
        const char *column;
        const char *label;
    } totals[] = {{"approved_fen", "已复核 approved"},
                  {"paid_fen", "已发 paid"},
                  {"returned_fen", "退票 returned"},
                  {"rejected_fen", "拒付 refused"},
                  {"open_fen", "在途 open"},
                  {"statement_debits_fen", "对账单借方 statement debits"},
                  {"statement_credits_fen", "对账单贷方（退回）statement credits"},
                  {"difference_fen", "差额 difference"}};
    buffer_append_text(out, "<h2>合计 Totals</h2><p>单位：元 yuan · 绿 green: 已发 paid · 红 red: 退票、拒付 returned "
                            "or refused · 黄 yellow: 在途 open</p><table>");
    for (size_t i = 0; i < sizeof(totals) / sizeof(totals[0]); i++) {
        buffer_printf(out, "<tr><td>%s</td>", totals[i].label);
        report_html_money(out, db_value_int(rows->day, 0, db_column(rows->day, totals[i].column)));
        buffer_append_text(out, "</tr>\n");
    }
    buffer_printf(
        out, "<tr><td>文件（已核对 / 损坏）files checked / damaged</td><td class=n>%lld / %lld</td></tr></table>\n",
        (long long)rows->files_checked, (long long)rows->files_damaged);
}

static void report_html_list(struct buffer *out, const char *title, const struct db_result *result,
                             const char *const *columns, size_t count)
{
    buffer_printf(out, "<h2>%s: %zu</h2><table>", title, db_row_count(result));
    for (size_t row = 0; row < db_row_count(result); row++) {
        buffer_append_text(out, "<tr>");
        for (size_t i = 0; i < count; i++) {
            buffer_append_text(out, "<td>");
            report_html_text(out, db_value(result, row, db_column(result, columns[i])));
            buffer_append_text(out, "</td>");
        }
        buffer_append_text(out, "</tr>\n");
    }
    buffer_append_text(out, "</table>\n");
}

void reconcile_report_html(const struct reconcile_rows *rows, struct buffer *out)
{
    static const char *const break_columns[] = {"id",         "class",     "key",     "severity",
                                                "amount_fen", "opened_on", "age_days"};
    static const char *const violation_columns[] = {"invariant", "violation"};
    report_html_head(rows, out);
    report_html_totals(rows, out);
    report_html_sums(out, "项目 Programmes", "<th>项目 programme<th>期间 period", rows->programmes, "item_zh",
                     "period");
    report_html_sums(out, "乡镇（街道）Townships and streets", "<th>乡镇（街道）<th>township or street",
                     rows->divisions, "name_zh", "name_en");
    report_html_list(out, "差异 Open breaks", rows->breaks, break_columns, 7);
    report_html_list(out, "一致性检查 Violated invariants", rows->violations, violation_columns, 2);
    buffer_append_text(out, "</html>\n");
}
