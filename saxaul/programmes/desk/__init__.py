"""The desk: people, wallets, credentials, organisations, directories, terms, and what takes two signatures."""

from typing import Any

from saxaul.engine import Act, Programme
from saxaul.programmes.desk import entry, identity, models, officers, organisations, safety, wallets

CITIZEN, OFFICER, SERVICE = ("citizen",), ("officer", "system"), ("service", "system")
CLERKS, OWNERS, MANAGER = ("officer", *SERVICE), ("citizen", *OFFICER), ("manager", *OFFICER)
SIGNER = ("officer", "approver", "manager", "biller")
EVERYBODY = ("citizen", "cashier", *SIGNER, "auditor", "service")
# Common ones (fields, ids, login, role) are added by the engine.
MISSING, STAGE, TAKEN = ("request.object_missing",), ("request.stage_wrong",), ("wallet.phone_taken",)
OPENS = ("wallet.region_closed", *TAKEN, *MISSING)
VERDICTS = ("identity.phone_mismatch", "identity.name_mismatch", "identity.pair_mismatch")
LOCKED, CLOSED, FROZEN = ("identity.name_locked",), ("wallet.stage_closed",), ("wallet.stage_frozen",)
LEFT, SAME = ("wallet.balance_left",), ("actor.approver_same",)
SECOND, TWO = ("actor.second_missing",), dict[str, Any](two_officers=True)
e, w, i, s, o, f = entry, wallets, identity, safety, organisations, officers
# fmt: off
PROGRAMME = Programme(name="desk", title="People, wallets and whoever serves them", records=(models.Term,), acts=(
    Act("desk.sign_up", e.SignUp, e.sign_up, e.SignedUp, SERVICE, OPENS),
    Act("desk.enrol", e.SignUp, e.enrol, e.SignedUp, SERVICE, OPENS),
    Act("desk.sign_in", e.SignIn, e.sign_in, e.SignedIn, SERVICE, MISSING),
    Act("desk.sign_out", e.SignOut, e.sign_out, e.Revoked, EVERYBODY),
    Act("desk.revoke_credential", e.Revoke, e.revoke_credential, e.Revoked, ("citizen", *MANAGER), MISSING),
    Act("desk.change_phone", e.ChangePhone, e.change_phone, e.PhoneChanged, SERVICE, TAKEN + MISSING),
    Act("desk.erase_person", e.Erase, e.erase_person, e.Erased, CITIZEN, LEFT),
    Act("desk.set_preferences", e.Preferences, e.set_preferences, e.Preferred, CITIZEN),
    Act("desk.open_wallet", w.OpenWallet, w.open_wallet, w.Opened, CITIZEN, OPENS),
    Act("desk.change_tier", w.ChangeTier, w.change_tier, w.TierChanged, OWNERS, ("tier.grade_low",) + CLOSED + MISSING),
    Act("desk.close_wallet", w.CloseWallet, w.close_wallet, w.Staged, CITIZEN, LEFT + FROZEN + CLOSED + MISSING),
    Act("desk.report_loss", w.ReportLoss, w.report_loss, w.Staged, CITIZEN, CLOSED + MISSING),
    Act("desk.freeze", w.Freeze, w.freeze, w.Staged, OFFICER, FROZEN + CLOSED + MISSING + SECOND, **TWO),
    Act("desk.unfreeze", w.Freeze, w.unfreeze, w.Staged, OFFICER, STAGE + MISSING + SECOND, **TWO),
    Act("desk.verify", i.Verify, i.verify, i.Verified, CLERKS, MISSING),
    Act("desk.try_identity", i.TryIdentity, i.try_identity, i.Tried, CITIZEN, LOCKED + MISSING),
    Act("desk.activate", i.Activate, i.activate, i.Activated, CITIZEN, VERDICTS + LOCKED + STAGE + CLOSED + MISSING),
    Act("desk.deactivate", i.Activate, i.deactivate, i.Activated, CITIZEN, MISSING),
    Act("desk.join_persons", i.JoinPersons, i.join_persons, i.Joined, OFFICER, STAGE + MISSING + SECOND, **TWO),
    Act("desk.split_persons", i.SplitPersons, i.split_persons, i.Split, OFFICER, STAGE + MISSING + SECOND, **TWO),
    Act("desk.set_pin", s.SetPin, s.set_pin, s.PinSet, CITIZEN, ("actor.step_missing",)),
    Act("desk.try_pin", s.TryPin, s.try_pin, s.Counted, SERVICE, ("actor.pin_locked", *MISSING)),
    Act("desk.give_consent", s.GiveConsent, s.give_consent, s.ConsentKept, CITIZEN, MISSING),
    Act("desk.withdraw_consent", s.WithdrawConsent, s.withdraw_consent, s.ConsentKept, CITIZEN, MISSING),
    Act("desk.add_organisation", o.AddOrganisation, o.add_organisation, o.OrganisationAdded, OFFICER,
        ("wallet.region_closed", *MISSING)),
    Act("desk.suspend_organisation", o.Named, o.suspend_organisation, o.OrganisationStaged, OFFICER, STAGE + MISSING),
    Act("desk.resume_organisation", o.Named, o.resume_organisation, o.OrganisationStaged, OFFICER, STAGE + MISSING),
    Act("desk.set_webhook", o.SetWebhook, o.set_webhook, o.WebhookSet, ("manager", "biller"),
        ("webhook.target_refused", *MISSING)),
    Act("desk.add_shop", o.AddShop, o.add_shop, o.ShopAdded, MANAGER, MISSING),
    Act("desk.add_terminal", o.AddTerminal, o.add_terminal, o.TerminalAdded, MANAGER, MISSING),
    Act("desk.issue_credential", o.IssueCredential, o.issue_credential, o.CredentialIssued, MANAGER,
        ("merchant.terminal_foreign", *MISSING)),
    Act("desk.appoint", o.Appoint, o.appoint, o.CredentialIssued, OFFICER, MISSING + SECOND, **TWO),
    Act("desk.set_row", f.SetRow, f.set_row, f.RowSet, OFFICER, SECOND, **TWO),
    Act("desk.set_terms", f.SetTerms, f.set_terms, f.TermsSet, OFFICER, SECOND, **TWO),
    Act("desk.propose", f.Propose, f.propose, f.Proposed, SIGNER, SECOND + MISSING),
    Act("desk.approve", f.Approve, f.approve, f.Approved, SIGNER, SAME + STAGE + SECOND + MISSING),
    Act("desk.reject", f.Approve, f.reject, f.Rejected, SIGNER, STAGE + SECOND + MISSING),
))
