#include "message_iso20022.h"

#include <stdlib.h>
#include <string.h>

static const struct iso_message *const iso_messages[] = {&iso_pain002, &iso_camt053};

struct iso {
    struct message_core *core;
    struct xml_reader *xml;
    const struct iso_message *message;
    void *state;
};

enum err iso_take(const struct iso_slot *slots, size_t count, void *message, const struct xml_element *element)
{
    for (size_t i = 0; i < count; i++) {
        const struct iso_slot *slot = &slots[i];
        if (!iso_is(element, slot->path, slot->path_length))
            continue;
        char *target = (char *)message + slot->offset;
        size_t length = strlen(element->text);
        if (length >= slot->size)
            return ERR_MESSAGE_UNREADABLE;
        /* An amount in another form than xs:decimal, or in another currency, is not ours to interpret. */
        if (slot->money && (strcmp(element->currency, "CNY") != 0 || strspn(element->text, "0123456789.") != length))
            return ERR_MESSAGE_UNREADABLE;
        if (*target == '\0')
            memcpy(target, element->text, length + 1);
        return ERR_NONE;
    }
    return ERR_NONE;
}

bool iso_is(const struct xml_element *element, const char *path, size_t length)
{
    return element->path_length == length && memcmp(element->path, path, length) == 0;
}

/* Minutes east of Greenwich of `Z` or `+hh:mm`, China's when there is none. */
static bool iso_offset(const char *text, int *ret_minutes)
{
    *ret_minutes = 480;
    if (*text == '\0')
        return true;
    if (strcmp(text, "Z") == 0) {
        *ret_minutes = 0;
        return true;
    }
    if (strlen(text) != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' ||
        strspn(text + 1, "0123456789") != 2 || strspn(text + 4, "0123456789") != 2)
        return false;
    int minutes = ((text[1] - '0') * 10 + text[2] - '0') * 60 + (text[4] - '0') * 10 + text[5] - '0';
    *ret_minutes = text[0] == '-' ? -minutes : minutes;
    return minutes <= 14 * 60;
}

bool iso_day(const char *text, char ret_day[DATE_TEXT_SIZE])
{
    struct date date;
    char day[DATE_TEXT_SIZE] = "";
    size_t length = strlen(text);
    if (length < DATE_TEXT_SIZE - 1)
        return false;
    memcpy(day, text, DATE_TEXT_SIZE - 1);
    if (!date_parse(day, &date))
        return false;
    if (text[10] == 'T') {
        const char *time = text + 11;
        int offset;
        size_t clock = strspn(time, "0123456789:.");
        if (clock < 8 || strspn(time, "0123456789") != 2 || time[2] != ':' || strspn(time + 3, "0123456789") != 2 ||
            time[5] != ':' || !iso_offset(time + clock, &offset))
            return false;
        int minute = ((time[0] - '0') * 10 + time[1] - '0') * 60 + (time[3] - '0') * 10 + time[4] - '0';
        if (minute > 24 * 60)
            return false;
        minute += 480 - offset;
        date = date_add_days(date, minute < 0 ? -1 : minute >= 24 * 60 ? 1 : 0);
    } else if (text[10] != '\0') {
        return false;
    }
    if (!date_is_valid(date))
        return false;
    date_format(date, ret_day);
    return true;
}

/* The namespace of the root says which message this is; any other is not read. */
static enum err iso_begin(struct iso *iso, const struct xml_element *element)
{
    for (size_t i = 0; i < sizeof(iso_messages) / sizeof(iso_messages[0]); i++)
        if (strcmp(element->name_space, iso_messages[i]->name_space) == 0)
            iso->message = iso_messages[i];
    if (iso->message == NULL || !ISO_IS(element, "/Document"))
        return ERR_MESSAGE_UNREADABLE;
    iso->state = calloc(1, iso->message->state_size);
    return iso->state != NULL ? ERR_NONE : ERR_OUT_OF_MEMORY;
}

static enum err iso_on_open(void *context, const struct xml_element *element)
{
    struct iso *iso = context;
    iso->core->line = xml_reader_line(iso->xml);
    if (iso->message == NULL)
        return iso_begin(iso, element);
    return iso->message->on_open(iso->core, iso->state, element);
}

static enum err iso_on_close(void *context, const struct xml_element *element)
{
    struct iso *iso = context;
    iso->core->line = xml_reader_line(iso->xml);
    return iso->message->on_close(iso->core, iso->state, element);
}

static void *iso_create(struct message_core *core)
{
    struct iso *iso = calloc(1, sizeof(*iso));
    if (iso == NULL)
        return NULL;
    const struct xml_handler handler = {iso_on_open, iso_on_close, iso};
    iso->core = core;
    iso->xml = xml_reader_new(&handler);
    if (iso->xml == NULL) {
        free(iso);
        return NULL;
    }
    return iso;
}

static void iso_destroy(void *state)
{
    struct iso *iso = state;
    xml_reader_free(iso->xml);
    free(iso->state);
    free(iso);
}

static enum err iso_text(void *state, const char *text, size_t length)
{
    struct iso *iso = state;
    enum err err = xml_reader_feed(iso->xml, text, length);
    iso->core->line = xml_reader_line(iso->xml);
    return err;
}

static enum err iso_finish(void *state)
{
    struct iso *iso = state;
    return xml_reader_finish(iso->xml);
}

const struct message_dialect message_iso20022 = {iso_create, iso_destroy, iso_text, iso_finish};
