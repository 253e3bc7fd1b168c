/* huimin: the command line of operators. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct command {
    const char *words[2]; /* the second may be NULL */
    const char *usage;
    const char *en;
    const char *zh;
    command_run *run;
};

static const struct command commands[] = {
    {{"keys", "init"},
     "--dir D",
     "makes keyring, signing-key.pem and jwks.json in the folder; keeps those that are there",
     "在目录中生成 keyring、signing-key.pem、jwks.json；已有文件保持不变",
     keys_init_command},
    {{"token", NULL},
     "--dir D --subject S --scope \"A B\" --district N [--division N]... [--programme CODE]... [--ttl "
     "SECONDS]",
     "prints an access token signed with the folder's key (3600 s by default); without --division or "
     "--programme it "
     "reaches the whole district",
     "用目录中的密钥签发访问令牌（默认 3600 秒）；不写 --division、--programme 即覆盖全区",
     token_command},
    {{"migrate", NULL},
     "--sql DIR",
     "applies DIR/migrations in order, each in one transaction, and DIR/functions when something changed",
     "按序执行 DIR/migrations（每个文件一个事务），有变化时重建 DIR/functions 中的函数",
     migrate_command},
    {{"catalogue", "load"},
     "--district N --dir DIR",
     "loads divisions, items, tiers, rules and standards from CSV files; the same files again change nothing",
     "从 CSV 文件载入乡镇街道、项目、档次、规则和标准；重复载入不产生变化",
     catalogue_load_command},
    {{"status", NULL},
     "",
     "database, migrations, jobs and the last events",
     "数据库、迁移、任务和最近事件",
     status_command},
    {{"invariants", NULL},
     "--district N [--json]",
     "checks the invariants of money and payments; exit status 1: violations, 3: could not check",
     "资金与发放的一致性检查；退出码 1：有未通过，3：无法检查",
     invariants_command},
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) };

static void print_help(FILE *out)
{
    fputs("Usage / 用法: huimin COMMAND [OPTIONS]\n"
          "       huimin --help | --version | --config | --check-sql\n\n"
          "The database is HUIMIN_DATABASE (as huimin_owner); tokens name HUIMIN_TOKEN_ISSUER and "
          "HUIMIN_TOKEN_AUDIENCE.\n"
          "数据库由 HUIMIN_DATABASE 指定（角色 huimin_owner）；令牌的签发者和受众取自 HUIMIN_TOKEN_ISSUER、"
          "HUIMIN_TOKEN_AUDIENCE。\n",
          out);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct command *command = &commands[i];
        fprintf(out, "\n  huimin %s%s%s %s\n      %s\n      %s\n", command->words[0],
                command->words[1] != NULL ? " " : "", command->words[1] != NULL ? command->words[1] : "",
                command->usage, command->en, command->zh);
    }
    fputs("\nExit status / 退出码: 0 done / 完成, 1 failed / 失败, 2 wrong usage / 用法错误\n"
          "  --config     prints the configuration table (TSV) / 打印配置表\n"
          "  --check-sql  prepares every statement against HUIMIN_DATABASE / 在数据库中预编译全部语句\n",
          out);
}

/* Answers a flag that stands in the place of a command; -1 when it is none. */
static int answer_flag(const char *flag, const struct config *config)
{
    if (strcmp(flag, "--help") == 0)
        print_help(stdout);
    else if (strcmp(flag, "--version") == 0)
        printf("huimin %s\n", HUIMIN_VERSION);
    else if (strcmp(flag, "--config") == 0)
        config_print(stdout);
    else if (strcmp(flag, "--check-sql") == 0)
        return db_check_statements(config->database, stdout) ? COMMAND_DONE : COMMAND_FAILED;
    else
        return -1;
    return COMMAND_DONE;
}

static const struct command *find_command(int argc, char **argv, int *ret_words)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        *ret_words = commands[i].words[1] != NULL ? 2 : 1;
        if (argc > *ret_words && strcmp(argv[1], commands[i].words[0]) == 0 &&
            (*ret_words == 1 || strcmp(argv[2], commands[i].words[1]) == 0))
            return &commands[i];
    }
    return NULL;
}

int main(int argc, char **argv)
{
    struct config config;
    if (!config_load(&config, stderr))
        return COMMAND_FAILED;
    int status = argc == 2 ? answer_flag(argv[1], &config) : -1;
    if (status >= 0)
        return status;
    int words = 0;
    const struct command *command = find_command(argc, argv, &words);
    if (command == NULL) {
        print_help(stderr);
        return COMMAND_USAGE;
    }
    for (int i = 1 + words; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0) {
            print_help(stdout);
            return COMMAND_DONE;
        }
    return (int)command->run(&config, (const char *const *)argv + 1 + words, (size_t)(argc - 1 - words));
}
