-- Bank formats as data: how a bank writes (syntax, encoding, styles, records), what its codes mean, and the fifteen
-- reasons with what follows from each. What is common to all banks has format_code NULL.

alter table payments.bank_format
    add column syntax text not null default 'delimited'
        check (syntax in ('delimited', 'csv', 'iso20022', 'mt940', 'report')),
    add column bom boolean not null default false, -- written in front of UTF-8; taken or not when reading
    add column amount_style text not null default 'point' -- 1262.00 | 1,262.00 | 1262,00 | 126200
        check (amount_style in ('point', 'grouped', 'comma', 'fen')),
    add column date_style text not null default 'compact' -- 20200630 | 2020-06-30 | 2020/06/30 | 200630
        check (date_style in ('compact', 'dash', 'slash', 'short')),
    add column file_suffix text not null default '.txt' check (file_suffix ~ '^\.[a-z0-9]{1,8}$'),
    add column pays boolean not null default true,    -- payment files can be written in it
    add column answers boolean not null default true, -- acknowledgements, results and returns can be read
    add column states boolean not null default true,  -- statements can be read
    add column title_zh text,
    add column title_en text,
    alter column delimiter drop not null,
    add check (not bom or encoding = 'UTF-8'),
    -- where the standard says how to write, nothing else may be said here
    add check (syntax <> 'iso20022' or (encoding, amount_style, date_style) = ('UTF-8', 'point', 'dash')),
    add check (syntax <> 'mt940' or (amount_style, date_style) = ('comma', 'short')),
    add check ((syntax in ('delimited', 'csv', 'report')) = (delimiter is not null)),
    add check (ascii(delimiter) between 9 and 126 and (syntax <> 'csv' or delimiter <> '"'));

-- Records beyond those of delimited files: lines of column titles, and the three of a report: labels of its head
-- (`value:label`), headings of its columns (`value:heading`) and labels of its sums.
alter table payments.bank_record drop constraint bank_record_record_check;
alter table payments.bank_record add constraint bank_record_record_check
    check (record in ('file_header', 'file_titles', 'file_detail', 'acknowledgement', 'result_header', 'return_header',
                      'answer_titles', 'answer_detail', 'answer_trailer', 'statement_header', 'statement_titles',
                      'statement_entry', 'statement_trailer', 'report_header', 'report_columns', 'report_total'));

update payments.bank_format set title_zh = '代发文件（竖线分隔，8 字段）', title_en = 'Agency payment, pipe-delimited, 8 fields'
 where code = 'agency-pipe-8';
alter table payments.bank_format alter column title_zh set not null, alter column title_en set not null;

insert into payments.bank_format (code, syntax, encoding, bom, line_end, delimiter, closing_delimiter, lines_max,
                                  amount_style, date_style, file_suffix, pays, answers, states, title_zh, title_en) values
    ('agency-csv', 'csv', 'UTF-8', true, E'\r\n', ',', false, 100000, 'point', 'compact', '.csv', true, true, true,
     '代发文件（CSV）', 'Agency payment, CSV (RFC 4180)'),
    ('iso20022', 'iso20022', 'UTF-8', false, E'\n', null, false, 100000, 'point', 'dash', '.xml', true, true, true,
     'ISO 20022（pain.001、pain.002、camt.053）', 'ISO 20022 (pain.001.001.09, pain.002.001.10, camt.053.001.08)'),
    ('mt940', 'mt940', 'GB18030', false, E'\r\n', null, false, 100000, 'comma', 'short', '.sta', false, false, true,
     'SWIFT MT940 对账单', 'SWIFT MT940 statement'),
    ('agency-report', 'report', 'GB18030', false, E'\r\n', '|', true, 100000, 'grouped', 'compact', '.txt', false, true, false,
     '代发结果清单（制表符报表）', 'Agency results, box-drawn report');

insert into payments.bank_record values
    ('agency-csv', 'file_header', '{literal:HEAD,literal:V1,date,unit,agency,sequence,count,total}'),
    ('agency-csv', 'file_titles',
     '{literal:编号,literal:户名,literal:金额,literal:账号,literal:单位编号,literal:证件类型,literal:证件号码,literal:当日第几次}'),
    ('agency-csv', 'file_detail', '{reference,name,amount,account,unit,literal:1,id_number,occurrence}'),
    ('agency-csv', 'acknowledgement', '{literal:ACK,literal:V1,file,sha256,count,total,verdict,code,text}'),
    ('agency-csv', 'result_header', '{literal:RSLT,literal:V1,date,unit,file,count,total}'),
    ('agency-csv', 'return_header', '{literal:RTRN,literal:V1,date,unit,file,count,total}'),
    ('agency-csv', 'answer_titles', '{literal:编号,literal:户名,literal:金额,literal:账号,literal:状态,literal:代码,literal:说明}'),
    ('agency-csv', 'answer_detail', '{reference,name,amount,account,status,code,text}'),
    ('agency-csv', 'answer_trailer', '{literal:END,count,total,literal:,literal:,literal:,literal:}'),
    ('agency-csv', 'statement_header', '{literal:STMT,literal:V1,date,unit,account,statement_no,part,parts,opening,closing,count}'),
    ('agency-csv', 'statement_titles',
     '{literal:序号,literal:借贷,literal:金额,literal:银行流水号,literal:客户参考号,literal:类型,literal:摘要,literal:,literal:,literal:,literal:}'),
    ('agency-csv', 'statement_entry',
     '{entry_no,direction,amount,bank_reference,our_reference,type,text,literal:,literal:,literal:,literal:}'),
    ('agency-csv', 'statement_trailer',
     '{literal:END,count,closing,literal:,literal:,literal:,literal:,literal:,literal:,literal:,literal:}'),
    -- Such a bank acknowledges and returns in lines, and reports results to people.
    ('agency-report', 'acknowledgement', '{literal:ACK,literal:V1,file,sha256,count,total,verdict,code,text}'),
    ('agency-report', 'return_header', '{literal:RTRN,literal:V1,date,unit,file,count,total}'),
    ('agency-report', 'answer_detail', '{reference,name,amount,account,status,code,text}'),
    ('agency-report', 'answer_trailer', '{literal:END,count,total}'),
    ('agency-report', 'report_header', '{date:日期,unit:单位编号,file:文件名}'),
    ('agency-report', 'report_columns',
     '{reference:代理编号,name:户名,name:客户姓名,amount:金额,account:账号,code:原因代码,text:失败原因}'),
    ('agency-report', 'report_total', '{total_line:合计,count:笔数,total:金额}');

-- What a bank's codes mean. file: the verdict on a whole file, OK or NO. line: one payment, S paid, F refused, W in
-- work (not final), R returned; for a report the titles of its tables. entry: the kind of a statement's entry by the
-- bank's transaction code, entry_text by a word of its text.
create table payments.bank_status (
    id smallint generated always as identity primary key,
    format_code text references payments.bank_format (code), -- NULL: every bank
    scope text not null check (scope in ('file', 'line', 'entry', 'entry_text')),
    code text not null check (char_length(code) between 1 and 35 and octet_length(code) <= 39),
    meaning text not null,
    check (case scope when 'file' then meaning in ('OK', 'NO') when 'line' then meaning in ('S', 'F', 'W', 'R')
                else meaning in ('payments', 'return', 'fee', 'interest', 'funds', 'reversal') end)
);
create unique index bank_status_once on payments.bank_status (coalesce(format_code, ''), scope, code);
insert into payments.bank_status (format_code, scope, code, meaning)
select f.code, 'line', s.status, s.status
  from (values ('agency-pipe-8'), ('agency-csv'), ('agency-report')) f (code), (values ('S'), ('F'), ('W'), ('R')) s (status);
insert into payments.bank_status (format_code, scope, code, meaning)
select f.code, 'file', s.verdict, s.verdict
  from (values ('agency-pipe-8'), ('agency-csv'), ('agency-report')) f (code), (values ('OK'), ('NO')) s (verdict);
insert into payments.bank_status (format_code, scope, code, meaning) values
    ('agency-report', 'line', '成功', 'S'), ('agency-report', 'line', '失败', 'F'),
    -- ISO 20022 ExternalPaymentTransactionStatus1Code and ExternalPaymentGroupStatus1Code. ACSP, ACCP and their like
    -- say that work goes on. PART without lines says nothing about any payment and is not read.
    ('iso20022', 'line', 'ACSC', 'S'), ('iso20022', 'line', 'ACCC', 'S'), ('iso20022', 'line', 'RJCT', 'F'),
    ('iso20022', 'line', 'ACSP', 'W'), ('iso20022', 'line', 'ACCP', 'W'), ('iso20022', 'line', 'ACTC', 'W'),
    ('iso20022', 'line', 'PDNG', 'W'), ('iso20022', 'line', 'ACWC', 'W'), ('iso20022', 'line', 'RCVD', 'W'),
    ('iso20022', 'file', 'ACTC', 'OK'), ('iso20022', 'file', 'ACCP', 'OK'), ('iso20022', 'file', 'ACSP', 'OK'),
    ('iso20022', 'file', 'ACSC', 'OK'), ('iso20022', 'file', 'ACWC', 'OK'), ('iso20022', 'file', 'PDNG', 'OK'),
    ('iso20022', 'file', 'RCVD', 'OK'), ('iso20022', 'file', 'RJCT', 'NO'),
    -- Bank transaction sub-families and purposes of ISO 20022's external code sets.
    ('iso20022', 'entry', 'CHRG', 'fee'), ('iso20022', 'entry', 'FEES', 'fee'), ('iso20022', 'entry', 'COMM', 'fee'),
    ('iso20022', 'entry', 'BKFE', 'fee'), ('iso20022', 'entry', 'INTR', 'interest'),
    ('iso20022', 'entry', 'INTE', 'interest'), ('iso20022', 'entry', 'RRTN', 'return'),
    ('iso20022', 'entry', 'SSBE', 'payments'), ('iso20022', 'entry', 'GOVT', 'payments'),
    -- SWIFT transaction type identification codes of :61:.
    ('mt940', 'entry', 'NCHG', 'fee'), ('mt940', 'entry', 'NCOM', 'fee'), ('mt940', 'entry', 'NINT', 'interest'),
    ('mt940', 'entry', 'NRTI', 'return'), ('mt940', 'entry', 'FCHG', 'fee'),
    ('agency-csv', 'entry', 'PAY', 'payments'), ('agency-csv', 'entry', 'RETURN', 'return'),
    ('agency-csv', 'entry', 'FEE', 'fee'), ('agency-csv', 'entry', 'INTEREST', 'interest'),
    ('agency-csv', 'entry', 'FUNDS', 'funds'),
    (null, 'entry_text', '手续费', 'fee'), (null, 'entry_text', '工本费', 'fee'), (null, 'entry_text', '账户管理费', 'fee'),
    (null, 'entry_text', '结息', 'interest'), (null, 'entry_text', '利息', 'interest'),
    (null, 'entry_text', '退票', 'return'), (null, 'entry_text', '退汇', 'return'),
    (null, 'entry_text', '冲正', 'reversal'), (null, 'entry_text', '批量代发', 'payments'),
    -- CNAPS2 processing states and the answers of a clearing house (通联), where a bank writes them as its status.
    (null, 'line', '0000', 'S'), (null, 'line', '4000', 'S'), (null, 'line', 'PR05', 'S'),
    (null, 'line', 'PR08', 'F'), (null, 'line', 'PR09', 'F'), (null, 'line', 'PR23', 'F'), (null, 'line', 'PR24', 'F'),
    (null, 'line', 'PR32', 'F'),
    (null, 'line', 'PR00', 'W'), (null, 'line', 'PR01', 'W'), (null, 'line', 'PR02', 'W'), (null, 'line', 'PR03', 'W'),
    (null, 'line', 'PR04', 'W'), (null, 'line', 'PR06', 'W'), (null, 'line', 'PR07', 'W'), (null, 'line', 'PR10', 'W'),
    (null, 'line', 'PR11', 'W'), (null, 'line', 'PR12', 'W'), (null, 'line', 'PR13', 'W'), (null, 'line', 'PR21', 'W');

-- The fifteen reasons and what follows. next_step names the work, owner who does it, deadline_days when (calendar days
-- after the answer; the bureau may set others), retry whether the payment may be made again. Source: CNAPS2 and banks'
-- own practice as collected for this project; deadlines are ours.
create table payments.reason (
    code text primary key check (code ~ '^[A-Z_]{2,20}$'),
    sort smallint not null unique,
    next_step text not null check (next_step in ('fix_card', 'ask_bank', 'reissue', 'stop', 'review')),
    owner text not null check (owner in ('street', 'civil_affairs', 'finance')),
    deadline_days smallint not null check (deadline_days between 1 and 365),
    retry text not null check (retry in ('after_correction', 'after_funding', 'after_query', 'after_decision', 'never')),
    title_zh text not null,
    title_en text not null,
    next_zh text not null,
    next_en text not null
);
insert into payments.reason values
    ('NAME_MISMATCH', 10, 'fix_card', 'street', 10, 'after_correction', '户名不符', 'The name is not the account holder''s',
     '核对姓名（生僻字、间隔号）及持卡人，更正户名或账户后补发；非本人账户的移交核查',
     'Check the name (rare characters, middle dots) and the holder; correct name or account, then reissue; refer an account of somebody else'),
    ('NO_ACCOUNT', 20, 'fix_card', 'street', 10, 'after_correction', '账号不存在', 'No such account',
     '重新采集账号，更正后补发', 'Collect the account number again, correct it, then reissue'),
    ('CLOSED', 30, 'fix_card', 'street', 10, 'after_correction', '已销户', 'Account closed',
     '核实是否健在，登记新账户后补发', 'Check that the person lives, register a new account, then reissue'),
    ('FROZEN', 40, 'fix_card', 'street', 10, 'after_correction', '账户冻结', 'Account frozen or locked',
     '联系持卡人解除冻结或更换账户后补发', 'Contact the holder: release the account or register another, then reissue'),
    ('STATUS', 50, 'fix_card', 'street', 10, 'after_correction', '账户状态异常', 'Account or card in an irregular state',
     '核实是否换卡、挂失，登记新卡后补发', 'Ask whether the card was replaced or reported lost, register the new one, then reissue'),
    ('DORMANT', 60, 'fix_card', 'street', 10, 'after_correction', '长期不动户', 'Dormant account',
     '核实是否健在；本人到柜台激活后补发', 'Check that the person lives; the holder has it revived at the counter, then reissue'),
    ('NOT_ACTIVATED', 70, 'fix_card', 'street', 10, 'after_correction', '账户未激活', 'Account not activated',
     '通知持卡人激活后补发', 'Have the holder activate it, then reissue'),
    ('TYPE', 80, 'fix_card', 'street', 10, 'after_correction', '账户类型不符', 'Wrong kind of account',
     '更换为Ⅰ类结算账户后补发', 'Change to a class I settlement account, then reissue'),
    ('ID_MISMATCH', 90, 'fix_card', 'street', 10, 'after_correction', '证件信息不符', 'Identity document does not match',
     '核对身份证件，更正后补发', 'Review the identity document, correct it, then reissue'),
    ('DUP', 100, 'ask_bank', 'finance', 3, 'never', '重复交易', 'Duplicate',
     '停止处理，向银行查明首笔结果', 'Stop; find out from the bank what became of the first one'),
    ('LIMIT', 110, 'review', 'finance', 5, 'after_decision', '超过限额', 'Over a limit',
     '不得拆分；由财政部门决定处理方式', 'Never split it; the finance bureau decides'),
    ('PAYER_FUNDS', 120, 'reissue', 'finance', 3, 'after_funding', '付款户余额不足', 'Paying account lacks funds',
     '资金到位后补发', 'Put the money in place, then reissue'),
    ('BANK_TECH', 130, 'ask_bank', 'finance', 3, 'after_query', '银行系统原因', 'Bank''s system or office not in service',
     '先向银行查询结果，确认未付后补发', 'Query the bank first; reissue when it confirms that nothing was paid'),
    ('DECEASED', 140, 'stop', 'civil_affairs', 1, 'never', '已死亡', 'Holder deceased',
     '核实死亡，停发全部项目', 'Confirm the death; stop all programmes'),
    ('OTHER', 150, 'review', 'civil_affairs', 5, 'after_decision', '其他原因', 'Another reason',
     '人工核查后决定', 'A person looks at it and decides');

-- How banks say them: by code (the whole code), prefix or word of the text. Texts decide before codes, because a code
-- such as RJ11 covers closed, frozen and dormant accounts alike; the smallest sort decides among texts.
create table payments.bank_reason (
    id smallint generated always as identity primary key,
    format_code text references payments.bank_format (code), -- NULL: every bank; a bank's own come first
    kind text not null check (kind in ('code', 'prefix', 'text')),
    match text not null check (char_length(match) between 1 and 35 and octet_length(match) <= 62),
    reason text not null references payments.reason (code),
    sort smallint not null
);
create unique index bank_reason_once on payments.bank_reason (coalesce(format_code, ''), kind, match);
insert into payments.bank_reason (kind, match, reason, sort)
select r.kind, r.match, r.reason, 10 * (row_number() over ())
  from (values
    ('text', '已死亡', 'DECEASED'), ('text', '户名不符', 'NAME_MISMATCH'), ('text', '户名错', 'NAME_MISMATCH'),
    ('text', '证件号', 'ID_MISMATCH'), ('text', '核验身份', 'ID_MISMATCH'), ('text', '账号不存在', 'NO_ACCOUNT'),
    ('text', '无此账户', 'NO_ACCOUNT'), ('text', '账号错误', 'NO_ACCOUNT'), ('text', '无效卡号', 'NO_ACCOUNT'),
    ('prefix', '查找账号', 'NO_ACCOUNT'), ('text', '代理户不存在', 'NO_ACCOUNT'), ('text', '卡号不存在', 'NO_ACCOUNT'),
    ('text', '销户', 'CLOSED'), ('text', '清户', 'CLOSED'), ('text', '关户', 'CLOSED'), ('text', '长期不动户', 'DORMANT'),
    ('text', '睡眠户', 'DORMANT'), ('text', '未激活', 'NOT_ACTIVATED'), ('text', '冻结', 'FROZEN'), ('text', '锁定', 'FROZEN'),
    ('text', '挂失', 'STATUS'), ('text', '状态异常', 'STATUS'), ('text', '状态错误', 'STATUS'), ('text', '介质异常', 'STATUS'),
    ('text', '非结算户', 'TYPE'), ('text', '账户类型', 'TYPE'), ('text', '非活期', 'TYPE'), ('text', '非个人活期', 'TYPE'),
    ('text', '重复', 'DUP'), ('prefix', '代理次数错误', 'DUP'), ('text', '超限额', 'LIMIT'), ('text', '上限', 'LIMIT'),
    ('text', '余额不足', 'PAYER_FUNDS'), ('text', '系统忙', 'BANK_TECH'), ('text', '超时', 'BANK_TECH'),
    ('text', '非营业', 'BANK_TECH'), ('text', '未营业', 'BANK_TECH'),
    -- CNAPS2 business reject codes (RJ21 to RJ35 are those of bills)
    ('code', 'RJ01', 'NO_ACCOUNT'), ('code', 'RJ02', 'NAME_MISMATCH'), ('code', 'RJ03', 'PAYER_FUNDS'),
    ('code', 'RJ04', 'LIMIT'), ('code', 'RJ05', 'OTHER'), ('code', 'RJ06', 'OTHER'), ('code', 'RJ07', 'OTHER'),
    ('code', 'RJ08', 'TYPE'), ('code', 'RJ09', 'OTHER'), ('code', 'RJ10', 'OTHER'), ('code', 'RJ11', 'STATUS'),
    ('code', 'RJ12', 'ID_MISMATCH'), ('code', 'RJ13', 'OTHER'), ('code', 'RJ19', 'BANK_TECH'), ('code', 'RJ20', 'OTHER'),
    ('code', 'RJ31', 'CLOSED'), ('code', 'RJ32', 'FROZEN'), ('code', 'RJ90', 'OTHER'), ('code', 'RJ91', 'BANK_TECH'),
    ('code', 'RJ92', 'BANK_TECH'), ('code', 'RJ93', 'BANK_TECH'), ('code', 'RJ94', 'BANK_TECH'),
    ('code', 'RJ95', 'BANK_TECH'), ('code', 'RJ96', 'BANK_TECH'), ('code', 'RJ97', 'BANK_TECH'),
    ('code', 'RJ98', 'BANK_TECH'), ('code', 'RJ99', 'BANK_TECH'),
    -- CNAPS2 processing states that end a payment
    ('code', 'PR08', 'OTHER'), ('code', 'PR09', 'OTHER'), ('code', 'PR21', 'OTHER'), ('code', 'PR22', 'OTHER'),
    ('code', 'PR23', 'OTHER'), ('code', 'PR24', 'BANK_TECH'), ('code', 'PR25', 'OTHER'), ('code', 'PR32', 'BANK_TECH'),
    -- 通联
    ('code', '3004', 'NO_ACCOUNT'), ('code', '3009', 'NO_ACCOUNT'), ('code', '3010', 'STATUS'), ('code', '3016', 'STATUS'),
    ('code', '3017', 'FROZEN'), ('code', '3018', 'CLOSED'), ('code', '3020', 'FROZEN'), ('code', '3030', 'NO_ACCOUNT'),
    ('code', '3031', 'NAME_MISMATCH'), ('code', '3034', 'TYPE'), ('code', '3039', 'CLOSED'), ('code', '3051', 'DUP'),
    ('code', '3057', 'STATUS'), ('code', '3065', 'NAME_MISMATCH'), ('code', '3068', 'TYPE'), ('code', '3069', 'DORMANT'),
    ('code', '3999', 'OTHER'),
    -- a file that the bank has already
    ('code', 'H021', 'DUP'), ('code', 'H022', 'DUP'),
    -- ISO 20022 ExternalStatusReason1Code and ExternalReturnReason1Code; AC06 (blocked) stands for frozen accounts
    ('code', 'AC01', 'NO_ACCOUNT'), ('code', 'AC03', 'STATUS'), ('code', 'AC04', 'CLOSED'), ('code', 'AC06', 'FROZEN'),
    ('code', 'AC07', 'CLOSED'), ('code', 'AC13', 'NOT_ACTIVATED'), ('code', 'AC14', 'TYPE'), ('code', 'AG01', 'TYPE'),
    ('code', 'AM02', 'LIMIT'), ('code', 'AM04', 'PAYER_FUNDS'), ('code', 'AM05', 'DUP'), ('code', 'AM14', 'LIMIT'),
    ('code', 'BE01', 'NAME_MISMATCH'), ('code', 'DU01', 'DUP'), ('code', 'DUPL', 'DUP'), ('code', 'MD07', 'DECEASED'),
    ('code', 'MS03', 'BANK_TECH'), ('code', 'NARR', 'OTHER'), ('code', 'TM01', 'BANK_TECH')) r (kind, match, reason);

grant select on payments.bank_status, payments.reason, payments.bank_reason
    to huimin_payments, huimin_worker, huimin_reconcile, huimin_audit;

-- A bank account that pays (代发账户): the formats of what goes out and what comes back, and who we are there.
alter table payments.agency
    add column answer_format_code text references payments.bank_format (code),    -- NULL: as format_code
    add column statement_format_code text references payments.bank_format (code), -- NULL: as format_code
    add column bank_number text check (bank_number ~ '^[0-9]{12}$'),              -- CNAPS number of its bank
    add column account_name text not null default '惠民补贴资金专户' check (char_length(account_name) between 1 and 60); -- 户名

-- What messages call a file that they cannot name (ISO 20022: Max35Text): HM-<unit>-<agency>-<date>-<sequence>. The
-- file's name ends in a hash of bytes that hold this, so it cannot be part of it; unit codes are unique.
alter table payments.file add column message_id text unique check (char_length(message_id) <= 35);
