/* Lists of people and of enrolments: their columns, and one line of a file turned into checked values with
 * all of its faults. Pure: what a line may refer to (divisions, items, tiers) is handed in. */
#ifndef HUIMIN_IMPORT_H
#define HUIMIN_IMPORT_H

#include "account_number.h"
#include "bank_number.h"
#include "certificate_number.h"
#include "date.h"
#include "enrolment.h"
#include "household.h"
#include "id_number.h"
#include "person_name.h"
#include "phone.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum import_kind { IMPORT_PEOPLE, IMPORT_ENROLMENTS };

/* Columns of a list of people. */
enum {
    IMPORT_NAME,
    IMPORT_ID_NUMBER,
    IMPORT_PHONE,
    IMPORT_DIVISION,
    IMPORT_HOUSEHOLD,
    IMPORT_RELATION,
    IMPORT_INCOME, /* yuan a year per head; only on the head's line */
    IMPORT_CERTIFICATE,
    IMPORT_ACCOUNT_KIND,
    IMPORT_BANK,
    IMPORT_ACCOUNT,
    IMPORT_HOLDER, /* identity number of the account's holder when it is another person */
    IMPORT_PEOPLE_COLUMNS
};

/* Columns of a list of enrolments; the identity number stands where it does in a list of people. */
enum {
    IMPORT_ITEM = 0,
    /* 1: IMPORT_ID_NUMBER */
    IMPORT_TIER = 2,
    IMPORT_APPLIED = 3,
    IMPORT_STARTS = 4,
    IMPORT_ENROLMENT_COLUMNS
};

enum {
    IMPORT_WHOLE_LINE = -1,  /* column of a fault of the line as a whole */
    IMPORT_COLUMNS_MAX = 20, /* of any kind of list */
    IMPORT_HEADER_SIZE = 64,
    IMPORT_FAULTS_MAX = 16,
    IMPORT_CODE_SIZE = 40
};

/* Where the columns of one file are. Columns may come in any order, under their Chinese or English names. */
struct import_header {
    size_t field_count;
    int field[IMPORT_COLUMNS_MAX];                     /* index in a record; -1: not in the file */
    char name[IMPORT_COLUMNS_MAX][IMPORT_HEADER_SIZE]; /* as the file calls it */
};

/* Reads a header record. False when a column is unknown or repeated, or a required one is missing. */
bool import_header_read(enum import_kind kind, char *const *fields, size_t count, struct import_header *ret_header);

/* The file's name of a column; "" for IMPORT_WHOLE_LINE. */
const char *import_header_name(const struct import_header *header, int column);

struct import_tier {
    char code[IMPORT_CODE_SIZE];
    const char *name_zh;
};

struct import_item {
    char code[IMPORT_CODE_SIZE];
    const char *name_zh;
    enum enrolment_tier_source tier_source;
    struct import_tier *tiers;
    size_t tier_count;
};

/* What lines may refer to, and how far the importer reaches. Not owned. */
struct import_reference {
    struct date today;
    const int64_t *divisions; /* of the district */
    size_t division_count;
    bool limited;         /* the importer reaches only `reach` */
    const int64_t *reach; /* divisions */
    size_t reach_count;
    const struct import_item *items; /* within the importer's reach */
    size_t item_count;
};

bool import_reaches(const struct import_reference *reference, int64_t division);

struct import_fault {
    int column;
    enum err code;
};

/* What became of a line. */
enum import_result {
    IMPORT_BAD, /* has faults: nothing of it is stored */
    IMPORT_NEW,
    IMPORT_CHANGED,
    IMPORT_UNCHANGED,
    IMPORT_WAITING /* its account's holder has not been met yet */
};

/* The common beginning of both kinds of lines. */
struct import_line {
    uint64_t line; /* physical line, from 1 */
    size_t fault_count;
    struct import_fault faults[IMPORT_FAULTS_MAX];
    enum import_result result;
    char id_number[ID_NUMBER_SIZE]; /* "" when it is wrong */
};

/* Notes a fault and makes the line bad; more than IMPORT_FAULTS_MAX are dropped. */
void import_line_fault(struct import_line *line, int column, enum err code);

struct import_person {
    struct import_line line;
    struct id_number id;
    char name[PERSON_NAME_SIZE];
    char name_folded[PERSON_NAME_SIZE];
    char phone[PHONE_SIZE]; /* "": not stated, what the register has stays */
    int64_t division;
    char household[HOUSEHOLD_NUMBER_SIZE]; /* "": not stated, and so on */
    char relation[HOUSEHOLD_RELATION_SIZE];
    int64_t income_fen;                    /* -1: not stated */
    struct certificate_number certificate; /* text "": not stated */
    enum account_kind account_kind;
    char bank[BANK_NUMBER_SIZE];
    char account[ACCOUNT_NUMBER_SIZE]; /* "": not stated */
    char holder[ID_NUMBER_SIZE];       /* "": the person */
};

struct import_enrolment {
    struct import_line line;
    const struct import_item *item;
    const struct import_tier *tier; /* NULL: none named */
    struct date applied_on;
    struct date starts_on; /* first day of a month */
};

/* Read one record (header->field_count fields) into ret_person or ret_enrolment, with all faults that the
 * line itself shows. Empty fields count as absent. A good line comes out as IMPORT_NEW until the register has
 * been asked. */
void import_read_person(const struct import_header *header, char *const *fields, uint64_t line,
                        const struct import_reference *reference, struct import_person *ret_person);
void import_read_enrolment(const struct import_header *header, char *const *fields, uint64_t line,
                           const struct import_reference *reference, struct import_enrolment *ret_enrolment);

#endif
