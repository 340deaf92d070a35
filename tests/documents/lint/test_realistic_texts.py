"""Realistic texts with and without each warning."""

from __future__ import annotations

import pytest

from incident_cockpit.documents.lint.claims import check_causes, check_promises, names_next_update
from incident_cockpit.documents.lint.gaps import NO_IMPACT, check_gaps
from incident_cockpit.documents.update import check_update
from incident_cockpit.incident.state import Incident
from support.builders import Story


def suspecting() -> Incident:
    """Return an incident with an open, a tested and a ruled-out hypothesis."""
    story = Story().declare()
    story.do("impact", impact="8% of EU card payments fail")
    story.do("hypothesis", text="bad deploy 4512")
    story.do("hypothesis", text="connection pool exhausted")
    story.do("test", hypothesis="connection", who="Raj")
    story.do("hypothesis", text="DNS")
    story.do("rule-out", hypothesis="DNS", evidence="resolves")
    return story.incident


SUSPECTING = suspecting()

PROMISED = """
We expect the fix to be live by 16:00 UTC.
Service will be restored within the next 2 hours.
ETA for a fix is 30 minutes.
Payments should work again in about an hour.
Our engineers aim to have this resolved by the end of the day.
We anticipate full recovery by 18:30.
This will be sorted in the next 15 minutes.
You will be able to log in again by noon.
Everything should be back to normal tomorrow morning.
The fix is rolling out and will complete by 15:45 UTC.
We'll have it fixed shortly.
It will be fixed soon.
The service will be back up in a few minutes.
Estimated time to resolution: 45 minutes.
Estimated recovery: 17:00 UTC
We are confident that checkout recovers before 9pm.
A fix is expected tonight.
Fix ETA 16:30
Should be resolved in 5 min
We will fix this by Monday.
Normal service resumes at 14:00.
We guarantee that it is over by 3 pm.
Orders will go through again within minutes.
Full service is expected to return by 19:00 UTC.
We're hoping to have things back online in 20-30 minutes.
Expect resolution by EOD.
The team expects to deploy a fix within 45 min.
Your orders will be processed normally from 16:00 on.
Search will be available again in under an hour.
This should take no more than 10 minutes to fix.
A permanent fix will go live next week.
The website will be down until 17:00.
Payments will be working before the weekend.
We plan to restore all accounts overnight.
By 15:30 everyone can log in again.
Time to fix: approx. 2 hours
In an hour or so all shops should be online.
We promise to have this solved today.
The problem was found at 14:10 and will be fixed by 15:00.
""".strip().splitlines()

NOT_PROMISED = """
We will post the next update by 16:00 UTC.
Next update: 15:30 UTC, or sooner if there is news.
We will be back with more information at 15:00.
The problem began at 13:58 UTC and was resolved at 14:40 UTC.
Payments were restored at 14:40 after 42 minutes.
A fix has been deployed at 15:02; we are watching the result.
We have no estimate for a fix yet.
We do not know yet when it will be fixed.
Customers in the EU cannot pay by card since 13:58.
Retry in 5 minutes if your payment fails.
If a page does not load, wait 10 minutes and try again.
Working with our provider since 14:10.
Some orders are delayed by up to 20 minutes.
Please use bank transfer until it is fixed.
The service is available again since 15:05 UTC.
Rolled back 4512 at 14:33, error rate falls from 8% to 3%.
We will roll back 4512 at 15:00.
We will update this page every 30 minutes until it is over.
We will keep watching for the next 2 hours.
Decision: roll back 4512 before the EU peak at 17:00.
The review is on Monday at 10:00.
Our normal opening hours are 9:00 to 17:00.
Backups run every day at 02:00 and are not affected.
Raj restores the backup and reports back by 15:20.
We are working to restore service as soon as possible.
There is no ETA yet.
Our team has been working on a fix since 14:05.
We will be working on it in the next hour.
The monitoring period lasts until 17:00.
Support is available by phone until 18:00 today.
The service was restored at 14:40 and we will continue to monitor it.
Raj will check the replica lag by 15:00.
The call moves to the second bridge at 15:00.
Refunds are made within 5 business days.
We will review what happened and share it next week.
Please save your work and log out before 16:00.
Two of three regions recovered within 10 minutes of the rollback.
All systems operational.
""".strip().splitlines()

BLAMED = """
This was caused by a bad deploy (4512).
The root cause is a bad deploy, 4512.
Payments fail because of an exhausted connection pool.
A DNS failure stops payments.
The outage is due to a problem at our cloud provider.
An error in our latest release broke card payments.
The issue was triggered by a configuration change.
Our payment provider has an outage, which is why cards are declined.
The failure stems from a database problem.
A faulty release led to errors at checkout.
This is the result of a network failure.
The cause is the connection pool, which is exhausted.
A hacker attack makes our website unavailable.
We found the cause: deploy 4512 was bad.
An overloaded database causes slow pages.
Because of a failed deployment, some users see errors.
Following a bad deploy, 8% of payments fail.
The problem originates from our DNS.
As a result of maintenance work, logins fail.
A misconfiguration on our side stopped card payments.
Release 77 contained a bug that rejects EU cards.
The slowdown results from unusually high traffic.
An expired certificate is to blame.
A third party attacked our systems.
Human error led to the deletion of the records.
We have identified the root cause: a full disk.
The disk filled up, causing writes to fail.
The reason is an outage at our cloud provider.
A bad deploy is the reason for the errors.
Yesterday's maintenance broke the login page.
An overloaded server is responsible for the delays.
What you may notice: card payments fail because of an exhausted connection pool.
What you may have noticed: our latest release broke card payments.
""".strip().splitlines()

NOT_BLAMED = """
We are investigating the cause.
The cause is not yet known.
We have found the problem and are working on a remedy.
It may be caused by a bad deploy (4512); we are checking.
We believe the connection pool could be exhausted.
We ruled out DNS.
It was not caused by DNS.
Because of this, orders may be delayed.
Due to the outage, customers cannot pay by card.
Due to this incident, our support team answers more slowly.
Some payments fail because of the problem described above.
The problem has been dealt with. We are watching closely that it stays that way.
We apologise for the trouble caused.
We are sorry for any inconvenience caused by this.
Possible causes: bad deploy 4512 (open)
As a result, some orders arrive twice.
What caused it is being looked into.
The next update is due to be posted at 15:00.
We owe you an explanation, and will publish the cause after our review.
Nobody has confirmed what the cause is.
We have identified the issue and a fix is being prepared.
We continue to investigate why logins fail.
This problem causes delays of up to 20 minutes.
It leads to error messages when you pay.
This has led to duplicate e-mails; please ignore them.
As a result of the incident, reports arrive late.
We are sorry for the disruption this has caused.
Because payments fail, orders are kept in your basket.
There is no sign of an attack.
What you may notice: this problem causes delays of up to 20 minutes.
What you may notice: card payments fail, possibly because of a bad deploy.
The errors are not related to your own connection.
Once we understand the cause, we will share it here.
A review will show what caused this.
Your password is safe; this is not a security problem.
The issue affects card payments only.
We apologise for the errors this caused at checkout.
""".strip().splitlines()

HURT = """
Customers in the EU cannot pay by card.
What you may notice: payments with a card are declined.
Some users see errors when they log in.
The website is slow for everybody.
Checkout is unavailable.
Orders placed since 14:00 are delayed.
You may be unable to sign in.
Some of you do not receive our e-mails.
One in ten logins fails.
12% of requests time out.
Our app does not load for a few customers.
Reports may be missing the last hour.
Shops in France are offline.
Invoices were sent twice to some customers.
Downloads take longer than usual.
Patients can't book appointments online.
The API returns errors for 3 % of calls.
Deliveries are late in the north.
Impact: partners without a contract number are locked out.
Nobody can upload files; everything else is not affected.
""".strip().splitlines()

NOT_HURT = """
We are looking into a problem with our service.
Impact: not known yet
We know of the problem and are working on it.
What it means: unknown
Investigating: Checkout returns 500 for EU cards
It is not clear which customers are affected.
Nobody knows yet whether users see errors.
SEV2, Raj is looking at the logs.
We have found the problem and are working on a remedy.
The team meets at 15:00.
""".strip().splitlines()

MORE_COMES = """
Next update at 15:00 UTC
*Next update at 15:29 UTC*
Next update: 15:00
We will write again by 15:00 UTC.
We will write again in 30 minutes.
Another update follows in 30 minutes.
More at 15:00.
Expect our next message by 3pm.
I'll be back with news at 15:30.
We'll keep you posted every hour.
Updates every 30 minutes.
We will post again at 16:00.
You hear from us by noon.
We will share more by 15:00 UTC.
Please check back in an hour.
We will inform you by the end of the day.
Next update tomorrow at 9:00.
We'll let you know within the hour at 15:00.
More information follows at 15:00.
We get back to you in half an hour.
""".strip().splitlines()

NOTHING_COMES = """
We keep you posted.
It began at 14:00.
We will write again when it is over.
Update 14:05 UTC: payments fail.
Update at 14:05: we are looking into it.
Status update 14:05 - investigating
Update 2, 35 minutes since it started.
The problem began at 14:00 and lasted 20 minutes.
We will update you as soon as there is news.
Thank you for your patience.
The deploy went out at 13:55.
More when we know it.
""".strip().splitlines()


@pytest.mark.parametrize("text", PROMISED)
def test_promised_fix_time_is_warned_of(text: str) -> None:
    assert len(list(check_promises(text))) == 1


@pytest.mark.parametrize("text", NOT_PROMISED)
def test_other_times_are_no_promises(text: str) -> None:
    assert list(check_promises(text)) == []


@pytest.mark.parametrize("text", BLAMED)
def test_cause_stated_as_a_fact_is_warned_of(text: str) -> None:
    assert len(list(check_causes(text, SUSPECTING))) == 1


@pytest.mark.parametrize("text", NOT_BLAMED)
def test_hedged_cause_is_not_warned_of(text: str) -> None:
    assert list(check_causes(text, SUSPECTING)) == []


@pytest.mark.parametrize("text", HURT)
def test_impact_in_other_words_is_found(text: str) -> None:
    story = Story().declare()
    assert NO_IMPACT not in list(check_gaps(text, story.incident))
    story.do("impact", impact="EU-Zahlungen 5xx")
    assert list(check_gaps(text, story.incident)) == []


@pytest.mark.parametrize("text", NOT_HURT)
def test_text_without_impact_is_warned_of(text: str) -> None:
    story = Story().declare()
    assert NO_IMPACT in list(check_gaps(text, story.incident))
    story.do("impact", impact="EU-Zahlungen 5xx")
    assert any("EU-Zahlungen 5xx" in warning for warning in check_gaps(text, story.incident))


@pytest.mark.parametrize("text", MORE_COMES)
def test_time_of_the_next_update_is_found(text: str) -> None:
    assert names_next_update(text)


@pytest.mark.parametrize("text", NOTHING_COMES)
def test_text_without_a_next_update_time(text: str) -> None:
    assert not names_next_update(text)


@pytest.mark.parametrize(
    "text",
    [
        "Investigating: card payments. Some customers in the EU cannot pay by card at the moment. Bank transfer works. "
        "We will write again by 15:00 UTC.",
        "We are aware of an issue affecting card payments in the EU. Our team is investigating. We'll post another "
        "update within 30 minutes.",
        "Identified - We know why card payments in the EU fail and are working on a fix. Next update in one hour.",
        "Monitoring: Card payments work again since 15:05 UTC. We keep watching them. Next update at 16:00 UTC.",
        "Update: card payments are still failing for about 8% of EU customers. You can pay by invoice in the meantime. "
        "Next update by 15:30 UTC at the latest.",
        "We continue to work with our payment provider on card payments. There is no change since our last message. "
        "Next update: 16:00 UTC.",
    ],
)
def test_good_customer_update_has_no_warnings(text: str) -> None:
    assert check_update(text, SUSPECTING, "external") == ()


@pytest.mark.parametrize(
    "text",
    [
        "*SEV2*: Raj rolls back the bad deploy 4512. 8% of payments fail. Next update at 15:00 UTC",
        "Raj looks at the replica lag (by 14:32 UTC). 8% fail. Next update at 15:00.",
        "Decided: wait for the provider, because of the peak at 17:00. 8% of payments fail; next update 15:00.",
        "Possible causes:\n- bad deploy 4512 (open)\n- DNS (ruled out)\n8% fail. Next update at 15:00.",
    ],
)
def test_internal_text_may_mention_suspicions(text: str) -> None:
    assert check_update(text, SUSPECTING, "internal") == ()


def test_explicit_cause_is_warned_of_internally_too() -> None:
    text = "The errors are caused by the bad deploy 4512. 8% fail. Next update at 15:00."
    for audience in ("internal", "executive"):
        [warning] = check_update(text, SUSPECTING, audience)
        assert warning.endswith("“bad deploy 4512” is open")
