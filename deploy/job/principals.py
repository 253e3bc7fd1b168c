"""Who does what. Duties that the rules separate are separate people here; the tests use the same people."""

PRINCIPALS = {
    "clerk": ("beneficiaries:read", "beneficiaries:write"),
    "reviewer": ("beneficiaries:read", "beneficiaries:review"),
    "lead": ("beneficiaries:read", "beneficiaries:approve"),
    "viewer": ("beneficiaries:read", "beneficiaries:clear"),
    "proposer": ("programmes:read", "programmes:write"),
    "confirmer": ("programmes:read", "programmes:approve"),
    "finance": ("payments:read", "payments:fund", "programmes:read"),
    "maker": ("payments:read", "payments:prepare", "programmes:read"),
    "checker": ("payments:read", "payments:approve"),
    "releaser": ("payments:read", "payments:release"),
    "banker": ("payments:read", "payments:bank"),
    "auditor": ("audit:read",),
    "supervisor": ("supervision:read",),
}
