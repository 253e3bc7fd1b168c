#include "xml_writer.h"

#include "utf8.h"

#include <libxml/xmlwriter.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct xml_writer {
    xmlTextWriterPtr writer;
    struct buffer *out;
    enum err err;
};

static int xml_writer_on_bytes(void *context, const char *bytes, int length)
{
    buffer_append(context, bytes, (size_t)length);
    return length; /* a failed buffer is seen at the end; libxml2 would print its own complaint */
}

static int xml_writer_on_close(void *context)
{
    (void)context;
    return 0;
}

/* libxml2 writes any byte it is given; the characters of XML 1.0 (section 2.2) are checked here. */
static bool xml_writer_text_fits(const char *text)
{
    size_t length = strlen(text);
    while (length > 0) {
        uint32_t point;
        int bytes = utf8_decode(text, length, &point);
        if (bytes <= 0 || point < 0x20 || point == 0x7f || point == 0xfffe || point == 0xffff)
            return false;
        text += bytes;
        length -= (size_t)bytes;
    }
    return true;
}

static void xml_writer_note(struct xml_writer *writer, int result)
{
    if (result < 0 && writer->err == ERR_NONE)
        writer->err = ERR_OUT_OF_MEMORY;
}

struct xml_writer *xml_writer_new(struct buffer *out)
{
    xmlInitParser();
    struct xml_writer *writer = calloc(1, sizeof(*writer));
    xmlOutputBufferPtr sink = xmlOutputBufferCreateIO(xml_writer_on_bytes, xml_writer_on_close, out, NULL);
    if (writer == NULL || sink == NULL || (writer->writer = xmlNewTextWriter(sink)) == NULL) {
        if (sink != NULL)
            xmlOutputBufferClose(sink);
        free(writer);
        return NULL;
    }
    writer->out = out;
    xmlTextWriterSetIndent(writer->writer, 1);
    xmlTextWriterSetIndentString(writer->writer, BAD_CAST "  ");
    xml_writer_note(writer, xmlTextWriterStartDocument(writer->writer, "1.0", "UTF-8", NULL));
    return writer;
}

void xml_writer_open(struct xml_writer *writer, const char *name)
{
    if (writer->err == ERR_NONE)
        xml_writer_note(writer, xmlTextWriterStartElement(writer->writer, BAD_CAST name));
}

void xml_writer_attribute(struct xml_writer *writer, const char *name, const char *value)
{
    if (writer->err == ERR_NONE && !xml_writer_text_fits(value))
        writer->err = ERR_BAD_CHARACTERS;
    if (writer->err == ERR_NONE)
        xml_writer_note(writer, xmlTextWriterWriteAttribute(writer->writer, BAD_CAST name, BAD_CAST value));
}

void xml_writer_text(struct xml_writer *writer, const char *text)
{
    if (writer->err == ERR_NONE && !xml_writer_text_fits(text))
        writer->err = ERR_BAD_CHARACTERS;
    if (writer->err == ERR_NONE)
        xml_writer_note(writer, xmlTextWriterWriteString(writer->writer, BAD_CAST text));
}

void xml_writer_close(struct xml_writer *writer)
{
    if (writer->err == ERR_NONE)
        xml_writer_note(writer, xmlTextWriterEndElement(writer->writer));
}

void xml_writer_element(struct xml_writer *writer, const char *name, const char *text)
{
    xml_writer_open(writer, name);
    xml_writer_text(writer, text);
    xml_writer_close(writer);
}

void xml_writer_flush(struct xml_writer *writer)
{
    if (writer->err == ERR_NONE)
        xml_writer_note(writer, xmlTextWriterFlush(writer->writer));
}

enum err xml_writer_finish(struct xml_writer *writer)
{
    if (writer->err == ERR_NONE)
        xml_writer_note(writer, xmlTextWriterEndDocument(writer->writer));
    xml_writer_flush(writer);
    if (writer->err == ERR_NONE && writer->out->failed)
        writer->err = ERR_OUT_OF_MEMORY;
    return writer->err;
}

enum err xml_writer_error(const struct xml_writer *writer)
{
    return writer->err;
}

void xml_writer_free(struct xml_writer *writer)
{
    if (writer == NULL)
        return;
    xmlFreeTextWriter(writer->writer);
    free(writer);
}
