#include "command.h"

#include <stdio.h>
#include <string.h>

enum command_exit command_fail(const char *subject, const char *zh, const char *en)
{
    fprintf(stderr, "huimin: %s%s%s / %s\n", subject != NULL ? subject : "", subject != NULL ? ": " : "", zh, en);
    return COMMAND_FAILED;
}

enum command_exit command_fail_db(const char *subject, const struct db *db)
{
    const char *message = db_message(db);
    /* libpq ends the messages of a failed connection with a newline. */
    fprintf(stderr, "huimin: %s: %s %.*s\n", subject, db_sqlstate(db), (int)strcspn(message, "\n"), message);
    return COMMAND_FAILED;
}

struct db_context command_context(int64_t district)
{
    return (struct db_context){.district = district,
                               .divisions = "all",
                               .programmes = "all",
                               .actor = "cli",
                               .service = "cli",
                               .request_id = ""};
}

struct db *command_begin(const struct config *config, enum db_mode mode, int64_t district)
{
    struct db *db = db_open(config->database, "huimin");
    if (db == NULL) {
        command_fail(NULL, "内存不足", "out of memory");
        return NULL;
    }
    const struct db_context context = command_context(district);
    /* The connection that db_open() tried has left its reason: a second try at once would hide it. */
    if (db_message(db)[0] != '\0' || db_begin(db, mode, &context) == DB_HARD) {
        command_fail_db("无法连接数据库 / the database cannot be reached (HUIMIN_DATABASE)", db);
        db_close(db);
        return NULL;
    }
    return db;
}
