/* Change lists of clerks: their columns, and one line of a file turned into checked values with all of its faults.
 * Pure; what the register says about a line is asked by sql/functions/beneficiaries_30_change_list.sql. */
#ifndef HUIMIN_CHANGE_LIST_H
#define HUIMIN_CHANGE_LIST_H

#include "import_field.h"

/* What a line does. The names in lists: 新增 new, 变更 change, 停发 stop, 换卡 card. */
enum change_action {
    CHANGE_NEW,   /* an application for an item */
    CHANGE_FACTS, /* another tier from a month on; another name, phone or division of the person */
    CHANGE_STOP,  /* the end of an enrolment */
    CHANGE_CARD,  /* another account to be paid to */
    CHANGE_ACTION_COUNT
};

enum {
    CHANGE_ACTION,
    CHANGE_ID_NUMBER,
    CHANGE_NAME, /* of CHANGE_FACTS the new name; else the name that the person must have, when stated */
    CHANGE_PHONE,
    CHANGE_DIVISION,
    CHANGE_ITEM,
    CHANGE_TIER,
    CHANGE_APPLIED,
    CHANGE_STARTS, /* first month of what is applied for, or of another tier */
    CHANGE_CAUSE,
    CHANGE_ENDED,
    CHANGE_EVIDENCE, /* number of the document that says so */
    CHANGE_ACCOUNT_KIND,
    CHANGE_BANK,
    CHANGE_ACCOUNT,
    CHANGE_HOLDER,
    CHANGE_VALID_FROM,
    CHANGE_COLUMNS
};

enum {
    CHANGE_LIST_LINES_MAX = 20000,           /* of one list: it can be applied in one transaction */
    CHANGE_LIST_BYTES_MAX = 8 * 1024 * 1024, /* of its file */
    CHANGE_LIST_BATCH_LINES = 1000,          /* taken in at once; also: lines reported of a damaged file */
    CHANGE_AHEAD_DAYS_MAX = 366              /* how far ahead an account may begin */
};

struct change_line {
    struct import_line line;
    bool has_action;
    enum change_action action;
    char name[PERSON_NAME_SIZE]; /* "": not stated, and so on */
    char name_folded[PERSON_NAME_SIZE];
    char phone[PHONE_SIZE];
    int64_t division;               /* 0: not stated */
    const struct import_item *item; /* NULL: not stated */
    const struct import_tier *tier;
    struct date applied_on; /* year 0: not stated */
    struct date starts_on;  /* first day of a month */
    const char *cause;      /* the database's name, static; NULL: not stated */
    struct date ended_on;
    char evidence[ENROLMENT_EVIDENCE_BYTES_MAX + 1];
    struct import_account account;
    struct date valid_from;
};

/* The database's name of an action: new, change, stop, card. */
const char *change_list_action_name(enum change_action action);

/* The words that a column (its English name) may hold in a line of an action (the database's name; NULL: unknown); NULL
 * when it is no column of words. */
const struct import_words *change_list_allowed(const char *action, const char *column_key);

/* The English name of a column, which stands in the database; "" for IMPORT_WHOLE_LINE. */
const char *change_list_column_key(int column);

/* Reads a header record, as import_field_header(). Action and identity number are required. */
bool change_list_read_header(char *const *fields, size_t count, struct import_header *ret_header);

/* Reads one record (header->field_count fields) with all faults that the line itself shows. A column that is not the
 * action's must be empty. */
void change_list_read_line(const struct import_header *header, char *const *fields, uint64_t line,
                           const struct import_reference *reference, struct change_line *ret_line);

/* Whether a spreadsheet has damaged a number of the line: then other numbers of the file are wrong unseen, and none of
 * it may be used. */
bool change_list_is_damaged(const struct change_line *line);

#endif
