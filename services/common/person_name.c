#include "person_name.h"

#include "ideograph_fold.h"
#include "utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum name_class {
    NAME_BAD,
    NAME_DROP,      /* invisible */
    NAME_SPACE,     /* blank of any width */
    NAME_DOT,       /* a middle dot of any kind */
    NAME_STOP,      /* a full stop, typed for a middle dot or after an initial */
    NAME_MARK,      /* belongs to the letter before it */
    NAME_QUOTE,     /* apostrophe inside a name */
    NAME_HYPHEN,    /* between letters */
    NAME_IDEOGRAPH, /* a character of a Chinese name, private use included */
    NAME_LETTER     /* any other script */
};

struct name_range {
    uint32_t first;
    uint32_t last;
    enum name_class class;
};

/* What a name may hold; anything else is bad. The first range that fits decides. */
static const struct name_range name_ranges[] = {
    {0x3400, 0x4DBF, NAME_IDEOGRAPH},
    {0x4E00, 0x9FFF, NAME_IDEOGRAPH},
    {'A', 'Z', NAME_LETTER},
    {'a', 'z', NAME_LETTER},
    {0x00B7, 0x00B7, NAME_DOT},
    {' ', ' ', NAME_SPACE},
    {'\t', '\n', NAME_SPACE},
    {'\r', '\r', NAME_SPACE},
    {'.', '.', NAME_STOP},
    {'\'', '\'', NAME_QUOTE},
    {'-', '-', NAME_HYPHEN},
    {0x00A0, 0x00A0, NAME_SPACE},
    {0x00AD, 0x00AD, NAME_DROP},
    {0x00C0, 0x00D6, NAME_LETTER},
    {0x00D8, 0x00F6, NAME_LETTER},
    {0x00F8, 0x02AF, NAME_LETTER},
    {0x0300, 0x036F, NAME_MARK},
    {0x0387, 0x0387, NAME_DOT},
    {0x0370, 0x0373, NAME_LETTER},
    {0x0386, 0x03FF, NAME_LETTER},
    {0x0400, 0x0481, NAME_LETTER},
    {0x048A, 0x0556, NAME_LETTER},
    {0x0561, 0x0587, NAME_LETTER},
    {0x0620, 0x064A, NAME_LETTER},
    {0x064B, 0x065F, NAME_MARK},
    {0x066E, 0x06D3, NAME_LETTER},
    {0x06D5, 0x06D5, NAME_LETTER},
    {0x06FA, 0x06FF, NAME_LETTER},
    {0x0F0B, 0x0F0B, NAME_MARK},
    {0x0F40, 0x0F6C, NAME_LETTER},
    {0x0F71, 0x0F84, NAME_MARK},
    {0x0F90, 0x0FBC, NAME_MARK},
    {0x1100, 0x11FF, NAME_LETTER},
    {0x180B, 0x180E, NAME_MARK},
    {0x1820, 0x18AA, NAME_LETTER},
    {0x1E00, 0x1FFF, NAME_LETTER},
    {0x2000, 0x200A, NAME_SPACE},
    {0x200B, 0x200F, NAME_DROP},
    {0x2010, 0x2011, NAME_HYPHEN},
    {0x2019, 0x2019, NAME_QUOTE},
    {0x2022, 0x2022, NAME_DOT},
    {0x2024, 0x2024, NAME_STOP},
    {0x2027, 0x2027, NAME_DOT},
    {0x202A, 0x202E, NAME_DROP},
    {0x202F, 0x202F, NAME_SPACE},
    {0x205F, 0x205F, NAME_SPACE},
    {0x2060, 0x2060, NAME_DROP},
    {0x2219, 0x2219, NAME_DOT},
    {0x22C5, 0x22C5, NAME_DOT},
    {0x2E31, 0x2E31, NAME_DOT},
    {0x2E80, 0x2FD5, NAME_IDEOGRAPH},
    {0x3000, 0x3000, NAME_SPACE},
    {0x3002, 0x3002, NAME_STOP},
    {0x3005, 0x3007, NAME_IDEOGRAPH},
    {0x3041, 0x3096, NAME_LETTER},
    {0x30A1, 0x30FA, NAME_LETTER},
    {0x30FB, 0x30FB, NAME_DOT},
    {0x30FC, 0x30FE, NAME_LETTER},
    {0xA000, 0xA48C, NAME_LETTER},
    {0xAC00, 0xD7A3, NAME_LETTER},
    {0xE000, 0xF8FF, NAME_IDEOGRAPH},
    {0xF900, 0xFAD9, NAME_IDEOGRAPH},
    {0xFE00, 0xFE0F, NAME_MARK},
    {0xFE52, 0xFE52, NAME_STOP},
    {0xFEFF, 0xFEFF, NAME_DROP},
    {0xFF0E, 0xFF0E, NAME_STOP},
    {0xFF21, 0xFF3A, NAME_LETTER},
    {0xFF41, 0xFF5A, NAME_LETTER},
    {0xFF61, 0xFF61, NAME_STOP},
    {0xFF65, 0xFF65, NAME_DOT},
    {0x20000, 0x323AF, NAME_IDEOGRAPH},
    {0xE0100, 0xE01EF, NAME_MARK},
    {0xF0000, 0xFFFFD, NAME_IDEOGRAPH},
    {0x100000, 0x10FFFD, NAME_IDEOGRAPH},
};

static const uint32_t middle_dot = 0x00B7;

/* Compound surnames, two characters each, for masking only. */
static const char compound_surnames[] =
    "欧阳司马上官诸葛东方皇甫尉迟公孙慕容令狐司徒夏侯宇文长孙司空端木百里东郭南宫西门独孤轩辕钟离公冶宗政"
    "濮阳淳于单于太叔申屠公羊澹台赫连闻人呼延拓跋第五歐陽司馬諸葛東方尉遲公孫長孫鍾離南宮西門";

static enum name_class classify(uint32_t code_point)
{
    for (size_t i = 0; i < sizeof(name_ranges) / sizeof(name_ranges[0]); i++) {
        if (code_point >= name_ranges[i].first && code_point <= name_ranges[i].last)
            return name_ranges[i].class;
    }
    return NAME_BAD;
}

/* Whether a separator may stand next to it. */
static bool is_letter(enum name_class class)
{
    return class == NAME_IDEOGRAPH || class == NAME_LETTER || class == NAME_MARK;
}

static bool is_space_or_dot(uint32_t code_point)
{
    enum name_class class = classify(code_point);
    return class == NAME_SPACE || class == NAME_DOT;
}

/* Drops invisible characters, blanks at the ends and next to dots, and the spreadsheets' apostrophe; makes
 * each other run of blanks one space, or nothing in a name of ideographs only. False when a character has no
 * place in a name. */
static bool clean(uint32_t *code_points, size_t *count)
{
    bool chinese_only = true;
    for (size_t i = 0; i < *count; i++)
        chinese_only = chinese_only && classify(code_points[i]) != NAME_LETTER;
    size_t kept = 0;
    bool space = false;
    bool apostrophe_allowed = true;
    for (size_t i = 0; i < *count; i++) {
        enum name_class class = classify(code_points[i]);
        if (class == NAME_BAD)
            return false;
        if (class == NAME_SPACE)
            space = true;
        if (class == NAME_SPACE || class == NAME_DROP)
            continue;
        bool apostrophe = apostrophe_allowed && code_points[i] == '\'';
        apostrophe_allowed = false;
        if (apostrophe)
            continue;
        if (space && kept > 0 && !chinese_only && class != NAME_DOT && !is_space_or_dot(code_points[kept - 1]))
            code_points[kept++] = ' ';
        space = false;
        code_points[kept++] = code_points[i];
    }
    *count = kept;
    return true;
}

/* Checks the place of everything that is not a letter, and makes middle dots U+00B7. */
static bool place_separators(uint32_t *code_points, size_t count)
{
    enum name_class before = NAME_BAD;
    for (size_t i = 0; i < count; i++) {
        enum name_class class = classify(code_points[i]);
        enum name_class after = i + 1 < count ? classify(code_points[i + 1]) : NAME_BAD;
        bool between = is_letter(before) && is_letter(after);
        bool chinese = before == NAME_IDEOGRAPH && after == NAME_IDEOGRAPH;
        bool placed = true;
        if (class == NAME_DOT || (class == NAME_STOP && chinese)) {
            placed = between;
            code_points[i] = middle_dot;
        } else if (class == NAME_STOP) {
            placed = code_points[i] == '.' && (before == NAME_LETTER || before == NAME_MARK);
        } else if (class == NAME_HYPHEN) {
            placed = between;
        } else if (class == NAME_QUOTE || class == NAME_MARK) {
            placed = is_letter(before);
        }
        if (!placed)
            return false;
        before = class;
    }
    return true;
}

enum err person_name_canonical(const char *text, char ret_name[PERSON_NAME_SIZE])
{
    /* Longer than any name, so that padding does not make a name too long. */
    uint32_t code_points[4 * PERSON_NAME_CHARS_MAX];
    ret_name[0] = '\0';
    if (text == NULL)
        return ERR_REQUIRED;
    if (!utf8_is_valid(text, strlen(text)))
        return ERR_BAD_NAME;
    size_t count = utf8_to_code_points(text, code_points, sizeof(code_points) / sizeof(code_points[0]));
    if (count == SIZE_MAX)
        return ERR_TOO_LONG;
    if (!clean(code_points, &count))
        return ERR_BAD_NAME;
    if (count == 0)
        return ERR_REQUIRED;
    if (count > PERSON_NAME_CHARS_MAX)
        return ERR_TOO_LONG;
    if (!place_separators(code_points, count))
        return ERR_BAD_NAME;
    return utf8_from_code_points(code_points, count, ret_name, PERSON_NAME_SIZE) ? ERR_NONE : ERR_BAD_NAME;
}

static bool is_variation_selector(uint32_t code_point)
{
    return (code_point >= 0xFE00 && code_point <= 0xFE0F) || (code_point >= 0xE0100 && code_point <= 0xE01EF) ||
           (code_point >= 0x180B && code_point <= 0x180E);
}

static uint32_t fold_code_point(uint32_t code_point)
{
    if (code_point >= 0xFF21 && code_point <= 0xFF5A)
        code_point -= 0xFEE0;
    if (code_point >= 'a' && code_point <= 'z')
        return code_point - 'a' + 'A';
    return code_point == 0x2019 ? '\'' : ideograph_fold(code_point);
}

bool person_name_fold(const char *name, char ret_folded[PERSON_NAME_SIZE])
{
    uint32_t code_points[PERSON_NAME_CHARS_MAX];
    ret_folded[0] = '\0';
    size_t count = utf8_to_code_points(name, code_points, PERSON_NAME_CHARS_MAX);
    if (count == SIZE_MAX)
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (code_points[i] != ' ' && !is_variation_selector(code_points[i]))
            code_points[kept++] = fold_code_point(code_points[i]);
    }
    return utf8_from_code_points(code_points, kept, ret_folded, PERSON_NAME_SIZE);
}

bool person_name_needs_review(const char *name)
{
    uint32_t code_points[PERSON_NAME_CHARS_MAX];
    size_t count = utf8_to_code_points(name, code_points, PERSON_NAME_CHARS_MAX);
    for (size_t i = 0; count != SIZE_MAX && i < count; i++) {
        uint32_t folded = fold_code_point(code_points[i]);
        if ((folded >= 0xE000 && folded <= 0xF8FF) || folded >= 0xF0000)
            return !is_variation_selector(folded);
    }
    return count == SIZE_MAX;
}

/* The position after a letter and the marks that belong to it. */
static size_t next_letter(const uint32_t *code_points, size_t count, size_t at)
{
    at++;
    while (at < count && classify(code_points[at]) == NAME_MARK)
        at++;
    return at;
}

static size_t count_letters(const uint32_t *code_points, size_t count)
{
    size_t letters = 0;
    for (size_t at = 0; at < count; at = next_letter(code_points, count, at))
        letters++;
    return letters;
}

static bool begins_with_compound_surname(const uint32_t *code_points, size_t count)
{
    char start[2 * UTF8_BYTES_MAX + 1];
    if (count < 2 || !utf8_from_code_points(code_points, 2, start, sizeof(start)))
        return false;
    size_t pair_bytes = strlen(start);
    for (const char *at = compound_surnames; *at != '\0'; at += 2 * strlen("欧")) {
        if (pair_bytes == 2 * strlen("欧") && memcmp(at, start, pair_bytes) == 0)
            return true;
    }
    return false;
}

/* Masks one name without separators, in place: surname, a star for each letter that follows, and the last
 * letter when that leaves at least one star. Returns the new length. */
static size_t mask_plain(uint32_t *code_points, size_t count)
{
    size_t letters = count_letters(code_points, count);
    size_t surname = letters > 2 && begins_with_compound_surname(code_points, count) ? 2 : 1;
    size_t given = letters - surname;
    size_t written = 0;
    size_t letter = 0;
    for (size_t at = 0; at < count; letter++) {
        size_t end = next_letter(code_points, count, at);
        bool shown = letters > 1 && (letter < surname || (given > 1 && letter + 1 == letters));
        if (shown) {
            memmove(code_points + written, code_points + at, (end - at) * sizeof(*code_points));
            written += end - at;
        } else {
            code_points[written++] = '*';
        }
        at = end;
    }
    return written;
}

/* Masks each part between separators, in place: its first letter and one star; a part of one letter is a
 * star. */
static size_t mask_parts(uint32_t *code_points, size_t count)
{
    size_t written = 0;
    for (size_t at = 0; at < count;) {
        size_t end = at;
        while (end < count && !is_space_or_dot(code_points[end]))
            end++;
        size_t first = next_letter(code_points, end, at);
        if (first < end) {
            memmove(code_points + written, code_points + at, (first - at) * sizeof(*code_points));
            written += first - at;
        }
        if (end > at)
            code_points[written++] = '*';
        if (end < count)
            code_points[written++] = code_points[end];
        at = end + 1;
    }
    return written;
}

void person_name_mask(const char *name, char ret_masked[PERSON_NAME_SIZE])
{
    uint32_t code_points[PERSON_NAME_CHARS_MAX];
    size_t count = name == NULL ? SIZE_MAX : utf8_to_code_points(name, code_points, PERSON_NAME_CHARS_MAX);
    snprintf(ret_masked, PERSON_NAME_SIZE, "*");
    if (count == SIZE_MAX || count == 0)
        return;
    bool parts = false;
    for (size_t i = 0; i < count; i++)
        parts = parts || is_space_or_dot(code_points[i]);
    if (parts || classify(code_points[0]) == NAME_LETTER)
        count = mask_parts(code_points, count);
    else
        count = mask_plain(code_points, count);
    utf8_from_code_points(code_points, count, ret_masked, PERSON_NAME_SIZE);
}
