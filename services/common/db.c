#include "db.h"

#include "json_write.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Set by the linker: all DB_STATEMENTs of the program. */
extern const struct db_statement __start_db_statements[] __attribute__((weak));
extern const struct db_statement __stop_db_statements[] __attribute__((weak));

enum { DB_SQLSTATE_BYTES = 6, DB_NAME_BYTES = 64, DB_MESSAGE_BYTES = 256, DB_STATEMENTS_MAX = 1024 };

/* SQLSTATE of app.refuse(). */
static const char DB_REFUSED[] = "HM001";

/* Object identifiers of pg_type.dat, which never change. */
enum db_oid { OID_BOOL = 16, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_JSON = 114, OID_JSONB = 3802 };

struct db {
    PGconn *connection;
    char *conninfo;
    char application_name[DB_NAME_BYTES];
    char sqlstate[DB_SQLSTATE_BYTES];
    char constraint[DB_NAME_BYTES];
    char message[DB_MESSAGE_BYTES];
    char see[DB_NAME_BYTES];
    struct timespec reconnect_not_before;
    bool prepared[DB_STATEMENTS_MAX];
};

struct db_result {
    PGresult *pg;
};

static size_t db_statement_index(const struct db_statement *statement)
{
    size_t index = (size_t)(statement - __start_db_statements);
    if (index >= DB_STATEMENTS_MAX)
        abort();
    return index;
}

static void db_forget_error(struct db *db)
{
    db->sqlstate[0] = '\0';
    db->constraint[0] = '\0';
    db->message[0] = '\0';
    db->see[0] = '\0';
}

static void db_copy_field(char *target, size_t bytes, const char *source)
{
    size_t length = source != NULL ? strnlen(source, bytes - 1) : 0;
    if (length > 0)
        memcpy(target, source, length);
    target[length] = '\0';
}

static void db_keep_error(struct db *db, const PGresult *result)
{
    db_copy_field(db->sqlstate, sizeof(db->sqlstate), PQresultErrorField(result, PG_DIAG_SQLSTATE));
    db_copy_field(db->constraint, sizeof(db->constraint), PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME));
    db_copy_field(db->message, sizeof(db->message), PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
    /* Only our own refusals: other details hold values. */
    if (strcmp(db->sqlstate, DB_REFUSED) == 0)
        db_copy_field(db->see, sizeof(db->see), PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL));
    if (db->sqlstate[0] == '\0')
        db_copy_field(db->sqlstate, sizeof(db->sqlstate), "08006");
    if (db->message[0] == '\0')
        db_copy_field(db->message, sizeof(db->message), PQerrorMessage(db->connection));
}

static bool db_reconnect_allowed(struct db *db)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec < db->reconnect_not_before.tv_sec ||
        (now.tv_sec == db->reconnect_not_before.tv_sec && now.tv_nsec < db->reconnect_not_before.tv_nsec))
        return false;
    /* Between 100 and 356 ms until the next try: the low bits of the clock spread threads apart. */
    long wait_ns = 100000000L + (now.tv_nsec & 0xff) * 1000000L;
    now.tv_nsec += wait_ns;
    now.tv_sec += now.tv_nsec / 1000000000L;
    now.tv_nsec %= 1000000000L;
    db->reconnect_not_before = now;
    return true;
}

static void db_no_notice(void *unused, const PGresult *result)
{
    (void)unused;
    (void)result;
}

static bool db_connect(struct db *db)
{
    if (db->connection != NULL && PQstatus(db->connection) == CONNECTION_OK)
        return true;
    if (!db_reconnect_allowed(db))
        return false;
    if (db->connection != NULL)
        PQfinish(db->connection);
    const char *const keywords[] = {"dbname", "fallback_application_name", "connect_timeout", "client_encoding", NULL};
    const char *const values[] = {db->conninfo, db->application_name, "3", "UTF8", NULL};
    db->connection = PQconnectdbParams(keywords, values, 1);
    memset(db->prepared, 0, sizeof(db->prepared));
    if (PQstatus(db->connection) != CONNECTION_OK) {
        db_copy_field(db->sqlstate, sizeof(db->sqlstate), "08001");
        db_copy_field(db->message, sizeof(db->message), PQerrorMessage(db->connection));
        return false;
    }
    PQsetNoticeReceiver(db->connection, db_no_notice, NULL);
    return true;
}

struct db *db_open(const char *conninfo, const char *application_name)
{
    struct db *db = calloc(1, sizeof(*db));
    if (db == NULL)
        return NULL;
    db->conninfo = strdup(conninfo);
    if (db->conninfo == NULL) {
        free(db);
        return NULL;
    }
    db_copy_field(db->application_name, sizeof(db->application_name), application_name);
    db_connect(db);
    return db;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    PQfinish(db->connection);
    free(db->conninfo);
    free(db);
}

/* Keeps or drops a result and says what it means. */
static enum db_status db_conclude(struct db *db, PGresult *pg, struct db_result **ret_result)
{
    ExecStatusType status = PQresultStatus(pg);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        db_keep_error(db, pg);
        PQclear(pg);
        bool again = strcmp(db->sqlstate, "40001") == 0 || strcmp(db->sqlstate, "40P01") == 0;
        return again ? DB_RETRY : DB_HARD;
    }
    int rows = status == PGRES_TUPLES_OK ? PQntuples(pg) : 0;
    if (ret_result != NULL) {
        *ret_result = malloc(sizeof(**ret_result));
        if (*ret_result == NULL)
            abort();
        (*ret_result)->pg = pg;
    } else {
        PQclear(pg);
    }
    return rows == 0 ? DB_NONE : rows == 1 ? DB_ROW : DB_ROWS;
}

bool db_ping(struct db *db)
{
    if (!db_connect(db))
        return false;
    PGresult *pg = PQexec(db->connection, "select 1");
    bool alive = PQresultStatus(pg) == PGRES_TUPLES_OK;
    PQclear(pg);
    return alive;
}

/* Reads the results of a pipeline of `count` commands and its sync; the first failure decides. */
static enum db_status db_pipeline_end(struct db *db, int count)
{
    enum db_status status = DB_NONE;
    bool failed = PQpipelineSync(db->connection) != 1;
    for (int i = 0; i < count && !failed; i++) {
        PGresult *pg = PQgetResult(db->connection);
        if (pg == NULL) {
            failed = true;
            break;
        }
        if (PQresultStatus(pg) == PGRES_PIPELINE_ABORTED)
            PQclear(pg);
        else if (status != DB_HARD && status != DB_RETRY)
            status = db_conclude(db, pg, NULL);
        else
            PQclear(pg);
        PQclear(PQgetResult(db->connection)); /* the NULL that ends each command */
    }
    if (!failed) {
        PGresult *sync = PQgetResult(db->connection);
        failed = PQresultStatus(sync) != PGRES_PIPELINE_SYNC;
        PQclear(sync);
    }
    if (failed || PQexitPipelineMode(db->connection) != 1) {
        PQfinish(db->connection); /* what is left in the pipeline belongs to nobody */
        db->connection = NULL;
        db_copy_field(db->sqlstate, sizeof(db->sqlstate), "08006");
        return DB_HARD;
    }
    return status == DB_HARD || status == DB_RETRY ? status : DB_NONE;
}

enum db_status db_begin(struct db *db, enum db_mode mode, const struct db_context *context)
{
    db_forget_error(db);
    if (!db_connect(db)) {
        if (db->sqlstate[0] == '\0')
            db_copy_field(db->sqlstate, sizeof(db->sqlstate), "08001");
        return DB_HARD;
    }
    if (PQtransactionStatus(db->connection) != PQTRANS_IDLE)
        db_rollback(db);
    char district[24];
    snprintf(district, sizeof(district), "%lld", (long long)context->district);
    const char *const values[] = {district,       context->divisions, context->programmes,
                                  context->actor, context->service,   context->request_id};
    if (PQenterPipelineMode(db->connection) != 1)
        return DB_HARD;
    int sent =
        PQsendQueryParams(db->connection, mode == DB_READ ? "BEGIN READ ONLY" : "BEGIN", 0, NULL, NULL, NULL, NULL, 0);
    sent += PQsendQueryParams(db->connection,
                              "select set_config('app.district', $1, true), set_config('app.divisions', $2, true),"
                              " set_config('app.programmes', $3, true), set_config('app.actor', $4, true),"
                              " set_config('app.service', $5, true), set_config('app.request_id', $6, true)",
                              6, NULL, values, NULL, NULL, 0);
    return db_pipeline_end(db, sent);
}

static enum db_status db_command(struct db *db, const char *sql)
{
    return db_conclude(db, PQexec(db->connection, sql), NULL);
}

enum db_status db_commit(struct db *db)
{
    /* COMMIT of a failed transaction answers ROLLBACK with success: that must not pass as committed. */
    if (PQtransactionStatus(db->connection) == PQTRANS_INERROR) {
        db_rollback(db);
        return DB_HARD;
    }
    return db_command(db, "COMMIT");
}

void db_rollback(struct db *db)
{
    if (db->connection == NULL || PQstatus(db->connection) != CONNECTION_OK)
        return;
    if (PQtransactionStatus(db->connection) == PQTRANS_IDLE)
        return;
    PGresult *pg = PQexec(db->connection, "ROLLBACK");
    PQclear(pg);
}

static enum db_status db_prepare(struct db *db, const struct db_statement *statement)
{
    size_t index = db_statement_index(statement);
    if (db->prepared[index])
        return DB_NONE;
    enum db_status status = db_conclude(db, PQprepare(db->connection, statement->name, statement->sql, 0, NULL), NULL);
    db->prepared[index] = status == DB_NONE;
    return status;
}

enum db_status db_exec(struct db *db, const struct db_statement *statement, const struct db_param *params, size_t count,
                       struct db_result **ret_result)
{
    const char *values[DB_PARAM_MAX];
    int lengths[DB_PARAM_MAX];
    int formats[DB_PARAM_MAX];
    char numbers[DB_PARAM_MAX][24];
    if (count > DB_PARAM_MAX)
        abort();
    if (ret_result != NULL)
        *ret_result = NULL;
    db_forget_error(db);
    enum db_status prepared = db_prepare(db, statement);
    if (prepared != DB_NONE)
        return prepared;
    for (size_t i = 0; i < count; i++) {
        formats[i] = params[i].kind == DB_PARAM_BYTES;
        lengths[i] = (int)params[i].length;
        values[i] = params[i].kind == DB_PARAM_NULL ? NULL : params[i].text;
        if (params[i].kind == DB_PARAM_INT) {
            snprintf(numbers[i], sizeof(numbers[i]), "%lld", (long long)params[i].number);
            values[i] = numbers[i];
        }
    }
    PGresult *pg = PQexecPrepared(db->connection, statement->name, (int)count, values, lengths, formats, 0);
    return db_conclude(db, pg, ret_result);
}

enum db_status db_script(struct db *db, const char *sql)
{
    db_forget_error(db);
    if (!db_connect(db))
        return DB_HARD;
    return db_command(db, sql);
}

enum db_status db_copy_begin(struct db *db, const char *copy_sql)
{
    PGresult *pg = PQexec(db->connection, copy_sql);
    if (PQresultStatus(pg) != PGRES_COPY_IN)
        return db_conclude(db, pg, NULL);
    PQclear(pg);
    return DB_NONE;
}

enum db_status db_copy_put(struct db *db, const char *bytes, size_t length)
{
    return PQputCopyData(db->connection, bytes, (int)length) == 1 ? DB_NONE : DB_HARD;
}

enum db_status db_copy_end(struct db *db)
{
    if (PQputCopyEnd(db->connection, NULL) != 1)
        return DB_HARD;
    enum db_status status = DB_HARD;
    PGresult *pg;
    while ((pg = PQgetResult(db->connection)) != NULL)
        status = db_conclude(db, pg, NULL);
    return status;
}

static enum err db_error_by_state(const struct db *db)
{
    if (strcmp(db->sqlstate, DB_REFUSED) == 0)
        return err_by_code(db->message);
    if (strcmp(db->sqlstate, "23505") == 0 || strcmp(db->sqlstate, "23P01") == 0)
        return ERR_ALREADY_EXISTS;
    /* Another's row is not there: row-level security refused the write. A right that is missing is our fault. */
    if (strcmp(db->sqlstate, "42501") == 0)
        return strstr(db->message, "row-level security") != NULL ? ERR_NOT_FOUND : ERR_INTERNAL;
    if (strcmp(db->sqlstate, "57014") == 0)
        return ERR_STATEMENT_TIMEOUT;
    if (strcmp(db->sqlstate, "55P03") == 0)
        return ERR_CONFLICT_RETRY;
    if (strncmp(db->sqlstate, "08", 2) == 0 || strncmp(db->sqlstate, "57P", 3) == 0 ||
        strncmp(db->sqlstate, "53", 2) == 0)
        return ERR_DATABASE_UNAVAILABLE;
    return ERR_INTERNAL;
}

enum err db_error(const struct db *db, enum db_status status)
{
    if (status == DB_RETRY)
        return ERR_CONFLICT_RETRY;
    if (status != DB_HARD)
        return ERR_NONE;
    return db_error_by_state(db);
}

const char *db_sqlstate(const struct db *db)
{
    return db->sqlstate;
}

const char *db_constraint(const struct db *db)
{
    return db->constraint;
}

const char *db_see(const struct db *db)
{
    return db->see;
}

const char *db_message(const struct db *db)
{
    return db->message;
}

void db_result_free(struct db_result **result)
{
    if (result == NULL || *result == NULL)
        return;
    PQclear((*result)->pg);
    free(*result);
    *result = NULL;
}

size_t db_row_count(const struct db_result *result)
{
    return (size_t)PQntuples(result->pg);
}

int db_column(const struct db_result *result, const char *name)
{
    int column = PQfnumber(result->pg, name);
    if (column < 0)
        abort();
    return column;
}

bool db_is_null(const struct db_result *result, size_t row, int column)
{
    return PQgetisnull(result->pg, (int)row, column) == 1;
}

const char *db_value(const struct db_result *result, size_t row, int column)
{
    return db_is_null(result, row, column) ? NULL : PQgetvalue(result->pg, (int)row, column);
}

size_t db_value_length(const struct db_result *result, size_t row, int column)
{
    return (size_t)PQgetlength(result->pg, (int)row, column);
}

int64_t db_value_int(const struct db_result *result, size_t row, int column)
{
    const char *text = PQgetvalue(result->pg, (int)row, column);
    char *end = NULL;
    long long value = strtoll(text, &end, 10);
    if (end == text || *end != '\0')
        abort();
    return value;
}

bool db_value_bool(const struct db_result *result, size_t row, int column)
{
    return PQgetvalue(result->pg, (int)row, column)[0] == 't';
}

bool db_value_bytes(const struct db_result *result, size_t row, int column, unsigned char **ret_bytes,
                    size_t *ret_length)
{
    if (db_is_null(result, row, column))
        return false;
    unsigned char *decoded =
        PQunescapeBytea((const unsigned char *)PQgetvalue(result->pg, (int)row, column), ret_length);
    if (decoded == NULL)
        return false;
    *ret_bytes = malloc(*ret_length + 1);
    if (*ret_bytes == NULL)
        abort();
    memcpy(*ret_bytes, decoded, *ret_length);
    PQfreemem(decoded);
    return true;
}

static void db_value_json(const struct db_result *result, size_t row, int column, struct buffer *out)
{
    const char *text = PQgetvalue(result->pg, (int)row, column);
    if (db_is_null(result, row, column)) {
        buffer_append_text(out, "null");
        return;
    }
    switch (PQftype(result->pg, column)) {
    case OID_BOOL:
        buffer_append_text(out, text[0] == 't' ? "true" : "false");
        break;
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
    case OID_JSON:
    case OID_JSONB:
        buffer_append_text(out, text);
        break;
    default:
        json_write_text(out, text);
    }
}

void db_row_json(const struct db_result *result, size_t row, struct buffer *out)
{
    int columns = PQnfields(result->pg);
    buffer_append_char(out, '{');
    for (int column = 0; column < columns; column++) {
        json_member(out, PQfname(result->pg, column));
        db_value_json(result, row, column, out);
    }
    buffer_append_char(out, '}');
}

void db_list_json(const struct db_result *result, size_t limit, const char *cursor_column, struct buffer *out)
{
    size_t rows = db_row_count(result);
    size_t shown = rows < limit ? rows : limit;
    buffer_append_text(out, "{\"items\":[");
    for (size_t row = 0; row < shown; row++) {
        json_separator(out);
        db_row_json(result, row, out);
    }
    buffer_append_text(out, "],\"next\":");
    int column = PQfnumber(result->pg, cursor_column);
    if (rows > limit && column >= 0)
        json_write_text(out, PQgetvalue(result->pg, (int)shown - 1, column));
    else
        buffer_append_text(out, "null");
    buffer_append_char(out, '}');
}

static bool db_check_name(const struct db_statement *statement, FILE *out)
{
    for (const struct db_statement *other = __start_db_statements; other < statement; other++)
        if (strcmp(other->name, statement->name) == 0) {
            fprintf(out, "%s: the name is used twice\n", statement->name);
            return false;
        }
    return true;
}

bool db_check_statements(const char *conninfo, FILE *out)
{
    struct db *db = db_open(conninfo, "check-sql");
    if (db == NULL || PQstatus(db->connection) != CONNECTION_OK) {
        fprintf(out, "no connection to the database\n");
        db_close(db);
        return false;
    }
    bool good = true;
    size_t count = 0;
    for (const struct db_statement *s = __start_db_statements; s < __stop_db_statements; s++, count++) {
        good = db_check_name(s, out) && good;
        if (db_prepare(db, s) != DB_NONE) {
            fprintf(out, "%s: %s %s\n", s->name, db->sqlstate, db->message);
            good = false;
        }
    }
    fprintf(out, "%zu statements %s\n", count, good ? "prepared" : "checked, some refused");
    db_close(db);
    return good;
}
