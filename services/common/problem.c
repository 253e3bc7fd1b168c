#include "problem.h"

#include "json_write.h"

void problem_write(struct buffer *out, enum err err, bool chinese, const char *request_id,
                   const struct call_field_error *field_errors, size_t field_error_count, const char *see,
                   const struct call_other *other)
{
    const struct err_info *info = err_info(err);
    buffer_clear(out);
    buffer_printf(out, "{\"type\":\"urn:huimin:error:%s\",\"title\":", info->code);
    json_write_text(out, err_title(err, chinese));
    json_member_int(out, "status", info->http_status);
    json_member_text(out, "code", info->code);
    json_member_text(out, "request_id", request_id);
    if (field_error_count > 0) {
        json_member(out, "errors");
        buffer_append_char(out, '[');
        for (size_t i = 0; i < field_error_count; i++) {
            json_separator(out);
            buffer_append_char(out, '{');
            json_member_text(out, "pointer", field_errors[i].pointer);
            json_member_text(out, "code", err_info(field_errors[i].code)->code);
            json_member_text(out, "detail", err_title(field_errors[i].code, chinese));
            buffer_append_char(out, '}');
        }
        buffer_append_char(out, ']');
    }
    if (see != NULL)
        buffer_printf(out, ",\"see\":\"/api/v1%s\"", see);
    if (other->code != NULL) {
        json_member(out, "other");
        buffer_append_char(out, '{');
        json_member_text(out, "code", other->code);
        json_member_text(out, "name_zh", other->name_zh);
        json_member_text(out, "name_en", other->name_en);
        buffer_append_char(out, '}');
    }
    buffer_append_char(out, '}');
}
