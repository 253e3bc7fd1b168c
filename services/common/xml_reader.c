#include "xml_reader.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { XML_CURRENCY_BYTES = 8, XML_NAMESPACE_BYTES = 128, XML_CHUNK_BYTES = 16 * 1024 };

struct xml_reader {
    struct xml_handler handler;
    xmlParserCtxtPtr parser;
    enum err err;
    int64_t line;
    int depth;         /* of elements of the root's namespace */
    int foreign_depth; /* inside an element of another one */
    size_t path_lengths[XML_DEPTH_MAX];
    char path[XML_PATH_BYTES_MAX];
    size_t path_length;
    char name_space[XML_NAMESPACE_BYTES];
    char currencies[XML_DEPTH_MAX][XML_CURRENCY_BYTES];
    char text[XML_TEXT_BYTES_MAX + 1];
    size_t text_length;
    bool leaf; /* no child has closed since the element opened */
};

static void xml_fail(struct xml_reader *reader, enum err err)
{
    if (reader->err == ERR_NONE) {
        reader->err = err;
        reader->line = xmlSAX2GetLineNumber(reader->parser);
    }
    xmlStopParser(reader->parser);
}

static struct xml_element xml_element_now(const struct xml_reader *reader, const char *text)
{
    return (struct xml_element){reader->path, reader->path_length, reader->name_space, text,
                                reader->currencies[reader->depth - 1]};
}

static bool xml_push(struct xml_reader *reader, const char *name)
{
    size_t length = strlen(name);
    if (reader->depth == XML_DEPTH_MAX || reader->path_length + length + 2 > sizeof(reader->path))
        return false;
    reader->path_lengths[reader->depth] = reader->path_length;
    reader->path[reader->path_length] = '/';
    memcpy(reader->path + reader->path_length + 1, name, length + 1);
    reader->path_length += length + 1;
    reader->currencies[reader->depth][0] = '\0';
    reader->depth++;
    return true;
}

/* Attributes come in fives: local name, prefix, namespace, begin and end of the value. */
static bool xml_take_currency(struct xml_reader *reader, int count, const xmlChar **attributes)
{
    for (int i = 0; i < count; i++) {
        const xmlChar *const *one = attributes + (ptrdiff_t)5 * i;
        if (strcmp((const char *)one[0], "Ccy") != 0 || one[2] != NULL)
            continue;
        size_t length = (size_t)(one[4] - one[3]);
        if (length >= XML_CURRENCY_BYTES)
            return false;
        char *currency = reader->currencies[reader->depth - 1];
        memcpy(currency, one[3], length);
        currency[length] = '\0';
    }
    return true;
}

static bool xml_take_namespace(struct xml_reader *reader, const xmlChar *uri)
{
    size_t length = uri != NULL ? strlen((const char *)uri) : 0;
    if (length >= sizeof(reader->name_space))
        return false;
    memcpy(reader->name_space, uri != NULL ? (const char *)uri : "", length + 1);
    return true;
}

static void xml_on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                         int namespace_count, const xmlChar **namespaces, int attribute_count, int defaulted_count,
                         const xmlChar **attributes)
{
    struct xml_reader *reader = context;
    (void)prefix;
    (void)namespace_count;
    (void)namespaces;
    (void)defaulted_count;
    if (reader->err != ERR_NONE)
        return;
    bool root = reader->depth == 0;
    if (root && !xml_take_namespace(reader, uri)) {
        xml_fail(reader, ERR_MESSAGE_UNREADABLE);
        return;
    }
    bool foreign = strcmp(uri != NULL ? (const char *)uri : "", reader->name_space) != 0;
    if (reader->foreign_depth > 0 || foreign) {
        if (++reader->foreign_depth > XML_DEPTH_MAX)
            xml_fail(reader, ERR_MESSAGE_UNREADABLE);
        return;
    }
    reader->text_length = 0;
    reader->leaf = true;
    if (!xml_push(reader, (const char *)name) || !xml_take_currency(reader, attribute_count, attributes)) {
        xml_fail(reader, ERR_MESSAGE_UNREADABLE);
        return;
    }
    const struct xml_element element = xml_element_now(reader, "");
    enum err err = reader->handler.on_open(reader->handler.context, &element);
    if (err != ERR_NONE)
        xml_fail(reader, err);
}

static void xml_on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct xml_reader *reader = context;
    (void)name;
    (void)prefix;
    (void)uri;
    if (reader->err != ERR_NONE)
        return;
    if (reader->foreign_depth > 0) {
        reader->foreign_depth--;
        return;
    }
    reader->text[reader->leaf ? reader->text_length : 0] = '\0';
    const struct xml_element element = xml_element_now(reader, reader->text);
    enum err err = reader->handler.on_close(reader->handler.context, &element);
    reader->path_length = reader->path_lengths[--reader->depth];
    reader->path[reader->path_length] = '\0';
    reader->leaf = false;
    if (err != ERR_NONE)
        xml_fail(reader, err);
}

/* Text counts in leaves; between elements only white space may stand. */
static void xml_on_text(void *context, const xmlChar *text, int length)
{
    struct xml_reader *reader = context;
    if (reader->err != ERR_NONE || reader->foreign_depth > 0)
        return;
    if (!reader->leaf) {
        for (int i = 0; i < length; i++)
            if (strchr(" \t\r\n", text[i]) == NULL) {
                xml_fail(reader, ERR_MESSAGE_UNREADABLE);
                return;
            }
        return;
    }
    if (reader->text_length + (size_t)length > XML_TEXT_BYTES_MAX) {
        xml_fail(reader, ERR_MESSAGE_UNREADABLE);
        return;
    }
    memcpy(reader->text + reader->text_length, text, (size_t)length);
    reader->text_length += (size_t)length;
}

static void xml_on_doctype(void *context, const xmlChar *name, const xmlChar *external_id, const xmlChar *system_id)
{
    (void)name;
    (void)external_id;
    (void)system_id;
    xml_fail(context, ERR_MESSAGE_UNREADABLE);
}

static xmlEntityPtr xml_on_entity(void *context, const xmlChar *name)
{
    xmlEntityPtr predefined = xmlGetPredefinedEntity(name);
    if (predefined == NULL)
        xml_fail(context, ERR_MESSAGE_UNREADABLE);
    return predefined;
}

/* A document that names another encoding than the one it came in has been changed on its way. */
static void xml_on_document(void *context)
{
    struct xml_reader *reader = context;
    const char *encoding = (const char *)reader->parser->encoding;
    if (encoding == NULL && reader->parser->input != NULL)
        encoding = (const char *)reader->parser->input->encoding;
    if (encoding != NULL && strcasecmp(encoding, "UTF-8") != 0)
        xml_fail(reader, ERR_MESSAGE_UNREADABLE);
}

static void xml_on_problem(void *context, xmlErrorPtr problem)
{
    struct xml_reader *reader = context;
    if (reader->parser != NULL && problem->level >= XML_ERR_ERROR)
        xml_fail(reader, ERR_MESSAGE_UNREADABLE);
}

struct xml_reader *xml_reader_new(const struct xml_handler *handler)
{
    xmlSAXHandler sax = {
        .initialized = XML_SAX2_MAGIC,
        .startDocument = xml_on_document,
        .startElementNs = xml_on_start,
        .endElementNs = xml_on_end,
        .characters = xml_on_text,
        .ignorableWhitespace = xml_on_text,
        .cdataBlock = xml_on_text,
        .internalSubset = xml_on_doctype,
        .getEntity = xml_on_entity,
        .serror = xml_on_problem,
    };
    xmlInitParser();
    struct xml_reader *reader = calloc(1, sizeof(*reader));
    if (reader == NULL)
        return NULL;
    reader->handler = *handler;
    reader->parser = xmlCreatePushParserCtxt(&sax, reader, NULL, 0, NULL);
    if (reader->parser == NULL) {
        free(reader);
        return NULL;
    }
    xmlCtxtUseOptions(reader->parser, XML_PARSE_NONET | XML_PARSE_NOWARNING);
    return reader;
}

void xml_reader_free(struct xml_reader *reader)
{
    if (reader == NULL)
        return;
    xmlFreeParserCtxt(reader->parser);
    free(reader);
}

enum err xml_reader_feed(struct xml_reader *reader, const char *text, size_t length)
{
    while (reader->err == ERR_NONE && length > 0) {
        int part = length < XML_CHUNK_BYTES ? (int)length : XML_CHUNK_BYTES;
        if (xmlParseChunk(reader->parser, text, part, 0) != XML_ERR_OK && reader->err == ERR_NONE)
            xml_fail(reader, ERR_MESSAGE_UNREADABLE);
        text += part;
        length -= (size_t)part;
    }
    return reader->err;
}

enum err xml_reader_finish(struct xml_reader *reader)
{
    if (reader->err != ERR_NONE)
        return reader->err;
    if (xmlParseChunk(reader->parser, NULL, 0, 1) != XML_ERR_OK && reader->err == ERR_NONE)
        xml_fail(reader, ERR_MESSAGE_TRUNCATED);
    if (reader->err == ERR_MESSAGE_UNREADABLE)
        reader->err = ERR_MESSAGE_TRUNCATED; /* what was there could be read until it ended */
    return reader->err;
}

int64_t xml_reader_line(const struct xml_reader *reader)
{
    return reader->err != ERR_NONE ? reader->line : xmlSAX2GetLineNumber(reader->parser);
}
