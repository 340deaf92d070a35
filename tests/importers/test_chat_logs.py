"""Logs and lists have times too, and are no chats: nobody is called ERROR, main or web-1."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from incident_cockpit.actions.arguments.argument import Here
from incident_cockpit.actions.grammar import pasted
from incident_cockpit.importers.chat import read_thread

NOW = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
ZONE = ZoneInfo("UTC")

LOGS = {
    "levels": "2026-11-21 14:05:33 INFO main: started\n2026-11-21 14:05:34 WARN pool-1: slow\n"
    "2026-11-21 14:05:35 ERROR main: failed",
    "threads": "14:05:33 ERROR [pool-1] foo: bar\n14:05:34 INFO  [pool-2] foo: baz",
    "nginx": '10.0.0.1 - - [21/Nov/2026:14:05:33 +0000] "GET / HTTP/1.1" 200 12\n'
    "2026/11/21 14:05:33 [error] 1234#0: *1 connect() failed (111: refused)\n"
    "2026/11/21 14:05:34 [warn] 12#0: *2 upstream: x",
    "syslog": "Nov 21 14:05:33 web-1 sshd[123]: Accepted publickey\n"
    "Nov 21 14:05:34 web-1 kernel: Out of memory: Killed\n"
    "Nov 21 14:05:35 kernel: eth0: link up\nNov 21 14:05:36 CRON: foo",
    "rsyslog": "2026-11-21T14:05:33+00:00 web-1 nginx: foo\n2026-11-21T14:05:34.123456+00:00 web-1 kernel: bar\n"
    "2026-11-21T14:05:35+00:00 host app: baz",
    "Java's trace": 'Exception in thread "main" java.lang.NullPointerException: oops\n'
    "\tat com.foo.Bar.baz(Bar.java:12)\n"
    "Caused by: java.io.IOException: x\n\t... 12 more",
    "Python's trace": 'Traceback (most recent call last):\n  File "/a/b.py", line 12, in <module>\n    main()\n'
    "ValueError: 14:05 is no time",
    "kubectl get": "NAME       READY   STATUS    RESTARTS        AGE\n"
    "api-7d9f   1/1     Running   0               14d\n"
    "api-8d9f   0/1     CrashLoopBackOff   5 (14s ago)   14d",
    "kubectl events": "LAST SEEN   TYPE      REASON    OBJECT       MESSAGE\n"
    "5m12s       Warning   BackOff   pod/api-1    Back-off\n"
    "4m          Normal    Pulled    pod/api-1    Container image: there",
    "klog": "I1121 14:05:33.123456       1 main.go:12] started\nE1121 14:05:34.123456       1 main.go:13] failed: foo",
    "Go": "2026/11/21 14:05:33 main.go:12: started\n2026/11/21 14:05:34 server: listening on :8080\n"
    "2026/11/21 14:05:35 http: Server closed",
    "Python": "2026-11-21 14:05:33,123 - root - INFO - started\n"
    "2026-11-21 14:05:34,123 - myapp.db - ERROR - failed: x\n"
    "2026-11-21 14:05:35,001 INFO     root: started",
    "PostgreSQL": "2026-11-21 14:05:33.123 UTC [1234] LOG:  database system is ready\n"
    "2026-11-21 14:05:33 UTC ERROR:  relation does not exist\n2026-11-21 14:05:33 UTC STATEMENT:  select 1",
    "docker compose": "api-1     | 2026-11-21 14:05:33 GET / 200\nworker-1  | 14:05:34 Job done: 12\n"
    "db-1      | 2026-11-21 14:05:33.123 UTC [1] LOG:  checkpoint starting: time",
    "a runner of jobs": "2026-11-21T14:05:33.1234567Z ##[group]Run actions/checkout\n"
    "2026-11-21T14:05:33.1234567Z Complete job name: build\n2026-11-21T14:05:33.1234567Z Error: exit code 1.",
    "ls": "-rw-r--r--  1 root root  1234 Nov 21 14:05 app.log\ndrwxr-xr-x  2 ana  ana   4096 Nov 21 14:06 .",
    "uptime": " 14:05:33 up 3 days,  2:01,  1 user,  load average: 0.12, 0.10, 0.05\n"
    "top - 14:05:33 up 3 days,  2:01:  x",
    "last": "ana      pts/0        10.0.0.1         Sat Nov 21 14:05   still logged in\n"
    "reboot   system boot  Sat Nov 21 14:00 - 15:05",
    "git": "Author: Ana Lima <ana@example.com>\nDate:   Sat Nov 21 14:05:33 2026 +0100\n\n    Fix: foo\n"
    "Author: Raj <raj@example.com>\nDate:   Sat Nov 21 14:06:33 2026 +0100",
    "MySQL": "+---------------------+---------+---------+\n| created_at          | service | message |\n"
    "+---------------------+---------+---------+\n| 2026-11-21 14:05:33 | api     | timeout |\n"
    "| 2026-11-21 14:05:34 | web     | slow |",
    "psql": "     created_at      | service | message \n---------------------+---------+---------\n"
    " 2026-11-21 14:05:33 | api     | timeout\n 2026-11-21 14:05:34 | api     | timeout",
    "dmesg": "[Sat Nov 21 14:05:33 2026] Out of memory: Killed process 1234\n[Sat Nov 21 14:05:33 2026] Call Trace:",
    "Spring": "2026-11-21 14:05:33.123  INFO 1234 --- [   main] c.e.demo.Application : Starting\n"
    "2026-11-21 14:05:34.123  WARN 1234 --- [nio-8080-exec-1] o.s.Foo : x",
    "logfmt": 'time=2026-11-21T14:05:33Z level=info msg="foo: bar"\n'
    'time=2026-11-21T14:05:34Z level=error msg="foo: baz"',
    "JSON": '{"ts":"2026-11-21T14:05:33Z","level":"info","msg":"x: y"}\n{"ts":"2026-11-21T14:05:34Z","msg":"x"}',
    "Laravel": '[2026-11-21 14:05:33] production.ERROR: foo {"a":1}\n[2026-11-21 14:05:34] production.INFO: bar',
    "classes": "14:05:33 OrderService: failed\n14:05:34 PaymentService: retry\n14:05:35 OrderService: failed",
    "one program": "2026-11-21 14:05:33 myservice: a\n2026-11-21 14:05:34 myservice: b\n"
    "2026-11-21 14:05:35 myservice: c",
    "two columns": "NAME        STARTED\napi         14:05\nworker      14:06\nWeb         14:07\n",
    "notes without names": "14:05 Alert fired: checkout 5xx\n14:07 Rolled back: 4512\n14:10 Resolved: all fine\n"
    "14:11 Next update: 15:00",
    "prose": "We saw errors at 14:05 and 14:10.\nStarted 14:05\nEnded 14:30\nNext update: 15:00\nImpact: 8%",
    "a page of updates": "Investigating\nNov 21, 14:05 UTC\nWe are looking.\nIdentified\nNov 21, 14:20 UTC\nFound it.",
    "an agenda": "Standup  09:00\nwhat we did\nRetro  15:00\nwhat went well",
    "a pager's log": "[11/21/2026 2:05 PM] Triggered: checkout 5xx\n[11/21/2026 2:06 PM] Notified Ana\n"
    "[11/21/2026 2:07 PM] Acknowledged by Ana\n[11/21/2026 2:08 PM] Assigned Raj",
    "a mail": "From: Ana <a@example.com>\nSent: Saturday, November 21, 2026 2:05 PM\nTo: Raj\n\n"
    "On Sat, Nov 21, 2026 at 2:01 PM Raj <r@example.com> wrote:\n> hello",
    "subtitles": "00:00:05.000 --> 00:00:07.000\n<v Ana>Hello</v>\n\n00:00:08.000 --> 00:00:09.000\n<v Raj>Hi</v>",
    "a table of events": "| Time | Event |\n|---|---|\n| 14:05 | Deploy |\n| 14:06 | Alert |",
}


@pytest.mark.parametrize("log", LOGS.values(), ids=LOGS)
def test_log_is_no_thread(log: str) -> None:
    assert read_thread(log, NOW, ZONE).lines == ()
    assert [way.action for way in pasted(log, Here(NOW, ZONE)) if way.action == "chat"] == []


@pytest.mark.parametrize("log", LOGS.values(), ids=LOGS)
def test_log_keeps_all_rows(log: str) -> None:
    thread = read_thread(log, NOW, ZONE)
    kept = [row for row in (*thread.before.split("\n"), *thread.unsaid) if row.strip()]
    assert len(kept) + thread.noise == sum(bool(row.strip()) for row in log.split("\n"))


def test_single_possible_message_is_no_thread() -> None:
    log = "09:00 Standup\n10:00 Design review\n14:00 Retro: team A\n15:00 Call with Kim"
    assert [way.action for way in pasted(log, Here(NOW, ZONE)) if way.action == "chat"] == []
