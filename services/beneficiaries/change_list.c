#include "change_list.h"

#include "person.h"

#include <stdio.h>
#include <string.h>

static const struct import_column change_list_columns[CHANGE_COLUMNS] = {
    [CHANGE_ACTION] = {"动作", "action", true},
    [CHANGE_ID_NUMBER] = {"身份证号", "id_number", true},
    [CHANGE_NAME] = {"姓名", "name", false},
    [CHANGE_PHONE] = {"手机号", "phone", false},
    [CHANGE_DIVISION] = {"街道代码", "division", false},
    [CHANGE_ITEM] = {"项目", "item", false},
    [CHANGE_TIER] = {"档次", "tier", false},
    [CHANGE_APPLIED] = {"申请日期", "applied_on", false},
    [CHANGE_STARTS] = {"起始月份", "starts", false},
    [CHANGE_CAUSE] = {"原因", "cause", false},
    [CHANGE_ENDED] = {"停发日期", "ended_on", false},
    [CHANGE_EVIDENCE] = {"依据", "evidence", false},
    [CHANGE_ACCOUNT_KIND] = {"账户类型", "account_kind", false},
    [CHANGE_BANK] = {"开户行号", "bank_number", false},
    [CHANGE_ACCOUNT] = {"账号", "account", false},
    [CHANGE_HOLDER] = {"户名身份证号", "holder_id_number", false},
    [CHANGE_VALID_FROM] = {"启用日期", "valid_from", false},
};

static const char *const change_list_actions[CHANGE_ACTION_COUNT] = {
    [CHANGE_NEW] = "new", [CHANGE_FACTS] = "change", [CHANGE_STOP] = "stop", [CHANGE_CARD] = "card"};

static const char *const change_list_actions_zh[CHANGE_ACTION_COUNT] = {
    [CHANGE_NEW] = "新增", [CHANGE_FACTS] = "变更", [CHANGE_STOP] = "停发", [CHANGE_CARD] = "换卡"};
static const char *const change_list_tier_causes_zh[] = {"评估", "寄宿", "学籍", "机构", "收入", "其他"};
static const char *const change_list_tier_causes[] = {"assessment",  "boarding", "school",
                                                      "institution", "income",   "other"};
static const char *const change_list_stop_causes_zh[] = {"死亡", "收入", "年龄", "迁出", "证件",
                                                         "服刑", "学籍", "自愿", "其他"};
static const char *const change_list_stop_causes[] = {"death",  "income", "age",       "moved", "certificate",
                                                      "prison", "school", "voluntary", "other"};

#define WORDS(zh, en)                                                                                                  \
    {                                                                                                                  \
        zh, en, sizeof(zh) / sizeof(zh[0])                                                                             \
    }
static const struct import_words change_list_action_words = WORDS(change_list_actions_zh, change_list_actions);
static const struct import_words change_list_tier_cause_words =
    WORDS(change_list_tier_causes_zh, change_list_tier_causes);
static const struct import_words change_list_stop_cause_words =
    WORDS(change_list_stop_causes_zh, change_list_stop_causes);

/* The words of a column; those of a cause are the action's. */
static const struct {
    int column;
    int action; /* -1: any */
    const struct import_words *words;
} change_list_words[] = {
    {CHANGE_ACTION, -1, &change_list_action_words},
    {CHANGE_CAUSE, CHANGE_FACTS, &change_list_tier_cause_words},
    {CHANGE_CAUSE, CHANGE_STOP, &change_list_stop_cause_words},
    {CHANGE_ACCOUNT_KIND, -1, &import_account_kinds},
};

#define COLUMN(name) (1U << CHANGE_##name)
enum { CHANGE_ALWAYS = COLUMN(ACTION) | COLUMN(ID_NUMBER) | COLUMN(NAME) };

/* The columns that an action has besides CHANGE_ALWAYS. */
static const unsigned change_list_own[CHANGE_ACTION_COUNT] = {
    [CHANGE_NEW] = COLUMN(ITEM) | COLUMN(TIER) | COLUMN(APPLIED) | COLUMN(STARTS),
    [CHANGE_FACTS] = COLUMN(PHONE) | COLUMN(DIVISION) | COLUMN(ITEM) | COLUMN(TIER) | COLUMN(STARTS) | COLUMN(CAUSE),
    [CHANGE_STOP] = COLUMN(ITEM) | COLUMN(CAUSE) | COLUMN(ENDED) | COLUMN(EVIDENCE),
    [CHANGE_CARD] = COLUMN(ACCOUNT_KIND) | COLUMN(BANK) | COLUMN(ACCOUNT) | COLUMN(HOLDER) | COLUMN(VALID_FROM),
};

const char *change_list_action_name(enum change_action action)
{
    return change_list_actions[action];
}

const struct import_words *change_list_allowed(const char *action, const char *column_key)
{
    for (size_t i = 0; i < sizeof(change_list_words) / sizeof(change_list_words[0]); i++) {
        int of = change_list_words[i].action;
        if (strcmp(change_list_columns[change_list_words[i].column].en, column_key) == 0 &&
            (of < 0 || (action != NULL && strcmp(change_list_actions[of], action) == 0)))
            return change_list_words[i].words;
    }
    return NULL;
}

const char *change_list_column_key(int column)
{
    return column == IMPORT_WHOLE_LINE ? "" : change_list_columns[column].en;
}

bool change_list_read_header(char *const *fields, size_t count, struct import_header *ret_header)
{
    return import_field_header(change_list_columns, CHANGE_COLUMNS, fields, count, ret_header);
}

bool change_list_is_damaged(const struct change_line *line)
{
    for (size_t i = 0; i < line->line.fault_count; i++)
        if (line->line.faults[i].code == ERR_ID_NUMBER_EXCEL_DAMAGE ||
            line->line.faults[i].code == ERR_ACCOUNT_EXCEL_DAMAGE)
            return true;
    return false;
}

/* One record on its way into a line. */
struct change_reader {
    const struct import_header *header;
    char *const *fields;
    const struct import_reference *reference;
    struct change_line *line;
};

static const char *reader_text(const struct change_reader *reader, int column)
{
    return import_field_text(reader->header, reader->fields, column);
}

static bool reader_ok(const struct change_reader *reader, int column, enum err code)
{
    return import_field_ok(&reader->line->line, column, code);
}

static bool reader_read_action(const struct change_reader *reader)
{
    size_t action;
    enum err err = import_field_word(reader_text(reader, CHANGE_ACTION), &change_list_action_words, &action);
    if (!reader_ok(reader, CHANGE_ACTION, err))
        return false;
    reader->line->action = (enum change_action)action;
    reader->line->has_action = true;
    return true;
}

static void reader_read_person(const struct change_reader *reader)
{
    struct change_line *line = reader->line;
    struct id_number id;
    const char *name = reader_text(reader, CHANGE_NAME);
    if (reader_ok(reader, CHANGE_ID_NUMBER,
                  import_field_id_number(reader_text(reader, CHANGE_ID_NUMBER), reader->reference->today, &id)))
        snprintf(line->line.id_number, sizeof(line->line.id_number), "%s", id.text);
    if (name[0] != '\0')
        reader_ok(reader, CHANGE_NAME, person_read_name(name, line->name, line->name_folded));
}

static void reader_check_columns(const struct change_reader *reader)
{
    unsigned own = CHANGE_ALWAYS | change_list_own[reader->line->action];
    for (int column = 0; column < CHANGE_COLUMNS; column++)
        if ((own & (1U << column)) == 0 && reader_text(reader, column)[0] != '\0')
            reader_ok(reader, column, ERR_NOT_OF_ACTION);
}

/* The item, and where it is known the tier by its rule. */
static void reader_read_item(const struct change_reader *reader, bool with_tier)
{
    struct change_line *line = reader->line;
    if (reader_ok(reader, CHANGE_ITEM,
                  import_field_item(reader_text(reader, CHANGE_ITEM), reader->reference, &line->item)) &&
        with_tier)
        reader_ok(reader, CHANGE_TIER, import_field_tier(reader_text(reader, CHANGE_TIER), line->item, &line->tier));
}

static void reader_read_new(const struct change_reader *reader)
{
    struct change_line *line = reader->line;
    reader_read_item(reader, true);
    bool applied =
        reader_ok(reader, CHANGE_APPLIED, import_field_date(reader_text(reader, CHANGE_APPLIED), &line->applied_on));
    applied = applied &&
              reader_ok(reader, CHANGE_APPLIED, enrolment_check_applied(line->applied_on, reader->reference->today));
    if (reader_text(reader, CHANGE_STARTS)[0] == '\0')
        return;
    bool starts =
        reader_ok(reader, CHANGE_STARTS, import_field_month(reader_text(reader, CHANGE_STARTS), &line->starts_on));
    if (applied && starts)
        reader_ok(reader, CHANGE_STARTS, enrolment_check_start(line->applied_on, line->starts_on));
}

static void reader_read_tier_change(const struct change_reader *reader)
{
    struct change_line *line = reader->line;
    const char *cause = reader_text(reader, CHANGE_CAUSE);
    size_t index = change_list_tier_cause_words.count - 1;
    reader_read_item(reader, true);
    if (line->item != NULL && line->item->tier_source != ENROLMENT_TIER_NAMED)
        reader_ok(reader, CHANGE_ITEM, ERR_BAD_VALUE); /* its tier is computed: nothing to change */
    reader_ok(reader, CHANGE_STARTS, import_field_month(reader_text(reader, CHANGE_STARTS), &line->starts_on));
    if (cause[0] == '\0' ||
        reader_ok(reader, CHANGE_CAUSE, import_field_word(cause, &change_list_tier_cause_words, &index)))
        line->cause = change_list_tier_causes[index];
}

static void reader_read_facts(const struct change_reader *reader)
{
    struct change_line *line = reader->line;
    const char *phone = reader_text(reader, CHANGE_PHONE);
    const char *division = reader_text(reader, CHANGE_DIVISION);
    bool tier = false;
    for (int column = CHANGE_ITEM; column <= CHANGE_CAUSE; column++)
        tier |= reader_text(reader, column)[0] != '\0';
    if (tier)
        reader_read_tier_change(reader);
    else if (phone[0] == '\0' && division[0] == '\0' && reader_text(reader, CHANGE_NAME)[0] == '\0')
        reader_ok(reader, IMPORT_WHOLE_LINE, ERR_NO_CHANGE);
    if (phone[0] != '\0')
        reader_ok(reader, CHANGE_PHONE, phone_normalise(phone, line->phone));
    if (division[0] != '\0')
        reader_ok(reader, CHANGE_DIVISION, import_field_division(division, reader->reference, &line->division));
}

static void reader_read_stop(const struct change_reader *reader)
{
    struct change_line *line = reader->line;
    const char *evidence = reader_text(reader, CHANGE_EVIDENCE);
    size_t index;
    reader_read_item(reader, false);
    if (reader_ok(reader, CHANGE_CAUSE,
                  import_field_word(reader_text(reader, CHANGE_CAUSE), &change_list_stop_cause_words, &index)))
        line->cause = change_list_stop_causes[index];
    if (reader_ok(reader, CHANGE_ENDED, import_field_date(reader_text(reader, CHANGE_ENDED), &line->ended_on)) &&
        date_compare(line->ended_on, reader->reference->today) > 0)
        reader_ok(reader, CHANGE_ENDED, ERR_OUT_OF_RANGE);
    if (evidence[0] == '\0')
        return;
    if (reader_ok(reader, CHANGE_EVIDENCE, enrolment_check_evidence(evidence)))
        snprintf(line->evidence, sizeof(line->evidence), "%s", evidence);
}

static void reader_read_card(const struct change_reader *reader)
{
    static const struct import_account_columns columns = {CHANGE_ACCOUNT_KIND, CHANGE_BANK, CHANGE_ACCOUNT,
                                                          CHANGE_HOLDER};
    struct change_line *line = reader->line;
    struct date today = reader->reference->today;
    const char *from = reader_text(reader, CHANGE_VALID_FROM);
    if (!import_field_account(reader->header, reader->fields, &columns, today, &line->line, &line->account))
        reader_ok(reader, CHANGE_ACCOUNT, ERR_REQUIRED);
    if (from[0] != '\0' && reader_ok(reader, CHANGE_VALID_FROM, import_field_date(from, &line->valid_from)) &&
        date_compare(line->valid_from, date_add_days(today, CHANGE_AHEAD_DAYS_MAX)) > 0)
        reader_ok(reader, CHANGE_VALID_FROM, ERR_OUT_OF_RANGE);
}

void change_list_read_line(const struct import_header *header, char *const *fields, uint64_t line,
                           const struct import_reference *reference, struct change_line *ret_line)
{
    static void (*const read[CHANGE_ACTION_COUNT])(const struct change_reader *) = {
        [CHANGE_NEW] = reader_read_new,
        [CHANGE_FACTS] = reader_read_facts,
        [CHANGE_STOP] = reader_read_stop,
        [CHANGE_CARD] = reader_read_card,
    };
    const struct change_reader reader = {header, fields, reference, ret_line};
    memset(ret_line, 0, sizeof(*ret_line));
    ret_line->line.line = line;
    ret_line->line.result = IMPORT_NEW;
    bool known = reader_read_action(&reader);
    reader_read_person(&reader);
    if (!known)
        return;
    reader_check_columns(&reader);
    read[ret_line->action](&reader);
}
