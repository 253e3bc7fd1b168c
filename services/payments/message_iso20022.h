/* What the two ISO 20022 messages share: values taken from elements by path. Private to message_iso20022.c,
 * message_pain002.c and message_camt053.c. */
#ifndef HUIMIN_MESSAGE_ISO20022_H
#define HUIMIN_MESSAGE_ISO20022_H

#include "message_dialect.h"
#include "xml_reader.h"

enum { ISO_ID_BYTES = 144, ISO_TEXT_BYTES = XML_TEXT_BYTES_MAX + 1 }; /* Max35Text in UTF-8; any text we take */

/* An element whose text is kept: its path, and where in the message's struct. */
struct iso_slot {
    const char *path;
    size_t path_length;
    size_t offset;
    size_t size;
    bool money; /* needs Ccy="CNY" and digits with a point */
};

#define ISO_SLOT(struct_type, member, element_path)                                                                    \
    {                                                                                                                  \
        element_path, sizeof(element_path) - 1, offsetof(struct_type, member), sizeof(((struct_type *)0)->member),     \
            false                                                                                                      \
    }
#define ISO_MONEY(struct_type, member, element_path)                                                                   \
    {                                                                                                                  \
        element_path, sizeof(element_path) - 1, offsetof(struct_type, member), sizeof(((struct_type *)0)->member),     \
            true                                                                                                       \
    }

/* Keeps the element's text when a slot wants it. A text that comes again is kept once: the first.
 * ERR_MESSAGE_UNREADABLE when it does not fit. */
enum err iso_take(const struct iso_slot *slots, size_t count, void *message, const struct xml_element *element);

/* Whether the element is the one with this path (a string literal). */
#define ISO_IS(element, literal) iso_is(element, literal, sizeof(literal) - 1)
bool iso_is(const struct xml_element *element, const char *path, size_t length);

/* The day in Asia/Shanghai of an ISODateTime (without offset: local time there) or ISODate, as YYYY-MM-DD. */
bool iso_day(const char *text, char ret_day[DATE_TEXT_SIZE]);

/* A message: what to do with its elements. */
struct iso_message {
    const char *name_space;
    size_t state_size;
    enum err (*on_open)(struct message_core *core, void *state, const struct xml_element *element);
    enum err (*on_close)(struct message_core *core, void *state, const struct xml_element *element);
};
extern const struct iso_message iso_pain002;
extern const struct iso_message iso_camt053;

#endif
