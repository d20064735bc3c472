# Texts for people, English. Every key of this file is in zh-CN.ftl too, with the same arguments; a test holds that.

# Labels
label-error = error:
label-warning = warning:
label-hint = hint:
label-caused-by = caused by:
yes = yes
no = no

# Columns
column-account = ACCOUNT
column-action = ACTIONS
column-amount = PER MONTH
column-as-of = PRICE OF
column-billing = BILLED
column-charge-type = PAID
column-cluster = CLUSTER
column-console = CONSOLE
column-created = CREATED
column-docs = DOCS
column-confidence = SURE
column-evidence = EVIDENCE
column-formula = FORMULA
column-id = ID
column-item = ITEM
column-lines = LINES
column-link = LINK
column-listed-per = LISTED PER
column-name = NAME
column-note = NOTE
column-other = RESOURCE
column-outcome = STATE
column-owner = OWNER
column-permission = MISSING PERMISSION
column-product = PRODUCT
column-reason = REASON
column-region = REGION
column-request-id = REQUEST ID
column-source = SOURCE
column-specification = SPECIFICATION
column-state = STATE
column-status = STATUS
column-tags = TAGS
column-title = WHAT IT IS
column-type = TYPE
column-via = SAID BY
column-where = WHERE
column-zone = ZONE

# Owners
owner-cluster = cluster { $name }
owner-node-pool = node pool { $name }
owner-itself = itself
owner-none = none
owner-hint = { $owner } (perhaps)
owner-unknown-long = not known: something that could name an owner could not be read
owner-none-long = none: everything that could name one was read, and nothing does
confidence-hint = a hint only
confidence-strong = one strong signal
confidence-decisive = decisive

# How a resource is paid for
paid-pay-as-you-go = pay-as-you-go
paid-subscription = subscription
paid-spot = spot
paid-free = free

# Coverage
coverage-heading = Not everything could be read
coverage-holes = { $count ->
    [one] { $count } of { $total } type x region cells is a hole: whatever exists there is not in this answer.
   *[other] { $count } of { $total } type x region cells are holes: whatever exists there is not in this answer.
  }
coverage-nothing = Not a single cell was asked: what exists is not known.
coverage-skipped = { $count } of { $total } cells were not asked.
coverage-places = { $first } and { $more } more
coverage-permission-derived = { $action } (probably)
coverage-permission-hint = `yunsweep policy` prints a read-only RAM policy with every action that yunsweep sends.
state-ok = read
state-not-offered = not offered here
state-not-activated = not activated
state-skipped = left out
state-denied = denied
state-throttled = throttled
state-unreachable = unreachable
state-incomplete = incomplete
state-failed = failed

# Inventory
inventory-empty = No resources.
inventory-summary = { $count ->
    [one] 1 resource
   *[other] { $count } resources
  } of { $types ->
    [one] 1 type
   *[other] { $types } types
  }; { $accounts } in { $regions }; read { $time }.
inventory-regions = { $count ->
    [one] { $first }
   *[other] { $count } regions
  }
inventory-accounts = { $count ->
    [one] account { $first }
   *[other] { $count } accounts
  }
scan-region-not-asked = Resource Center counts { $count ->
    [one] one resource
   *[other] { $count } resources
} in { $region }, which is not asked.
accounts-no-index = account { $account } keeps no index that can be asked; every region is
accounts-twice = account { $account } is read already; { $how } is of the same account and is not used
scan-surprise = { $region } has { $count ->
    [one] one resource that may be billed
   *[other] { $count } resources that may be billed
} and no cluster, while account { $account } has its clusters elsewhere.
scan-progress = { $resources } resources, { $holes } holes
holder-there = Cluster { $cluster }: { $count ->
    [one] one resource
   *[other] { $count } resources
}
holder-not-listed = Cluster { $cluster }, which is in no region's list of clusters (gone, or another account's): { $count ->
    [one] one resource
   *[other] { $count } resources
}
holder-unclear = Cluster { $cluster }, of which nobody could see whether it is there: { $count ->
    [one] one resource
   *[other] { $count } resources
}
holder-resource = Of other resources: { $count }
holder-nobody = Nobody's: { $count }
holder-unknown = Owner not known: { $count }
holder-object-gone = its object is gone
holder-without-resource = Objects whose resource in the cloud is not there
holder-objects = Without the { $count ->
    [one] object
   *[other] { $count } objects
} inside of clusters.
holder-expects = { $object } names { $expects } ({ $via })
ledger-saved = { $count ->
    [one] One resource
   *[other] { $count } resources
} of { $clusters ->
    [one] one cluster
   *[other] { $clusters } clusters
} were saved to { $path }. `yunsweep ledger check` with that file says later what became of them.
ledger-checked = Of what stood in the ledger on { $time }: { $gone } gone, { $there } still there, { $unclear } not clear.
ledger-had-holes = { $count ->
    [one] One cell
   *[other] { $count } cells
} could not be read when it was saved: more may have been the clusters'.
ledger-older-scan = the scan of { $scan } is older than the ledger of { $ledger }: it does not say what became of anything
ledger-exists = { $path } is there already
ledger-exists-hint = a ledger may know what nobody can say any more: choose another file with --save, or move this one away
ledger-gone = gone
ledger-there = still there
ledger-no-cluster = nothing in this inventory is a cluster `{ $cluster }`, or of one
inventory-saved = The inventory was saved to { $path }.
inventory-regions-unchecked = The regions could not be asked for ({ $reason }); whether the { $count } named ones exist is not known.
scan-from-with-region = a snapshot is answered whole: `--region` cannot be used with `--from`
inventory-no-regions = The regions could not be asked for ({ $reason }); the { $count } regions of the built-in table are scanned.

# Cost
cost-lines-heading = What is billed
cost-free = { $count ->
    [one] 1 line costs nothing; `-o wide` shows it.
   *[other] { $count } lines cost nothing; `-o wide` shows them.
  }
cost-products-heading = By product
cost-clusters-heading = By cluster
cost-no-cluster = no cluster
cost-total = Total for a month of { $hours } hours: { $amount }
cost-total-at-least = Total for a month of { $hours } hours: at least { $amount }
cost-amount-at-most = at most { $amount }
cost-at-most = Snapshots are counted at the size of their disks, the most that they can be: { $amount } of this total may be less.
cost-amount-list-price = { $amount } (list price)
cost-list-price = Subscriptions are counted at the list price of one month, which is not what was paid: terms and discounts are on the bill.
cost-counts = { $priced } priced, { $free } free, { $usage } billed by use, { $unknown } unknown. Prices of { $date }; each line has its source (`yunsweep why ID`).
cost-nothing = Nothing in this inventory has a charge.
cost-rounded = Amounts are rounded for reading; the totals are computed from exact values, so that the parts may seem to differ by a cent.
cost-unknown-heading = Unknown: in no total, and not zero
cost-usage-heading = Billed by use: in no total, because use was not observed
cost-disputed-heading = Disputed prices: another source says something else
cost-disputed = { $what }: { $used } used; { $other } by { $source }
cost-assumptions-heading = Assumptions
cost-item = { $item } of { $id }
outcome-priced = priced
outcome-free = free
outcome-usage = by use
outcome-unknown = unknown
cost-incomplete = What could not be read is not priced: the total leaves it out.

# Why
why-owner-heading = Owner
why-owner-is = { $owner } ({ $confidence })
why-links-heading = Links
why-no-links = Nothing names it, and it names nothing.
why-charges-heading = What is billed for it
why-no-charges = Nothing is billed for it.
why-price-row = price
why-source = source
why-confirmed = confirmed by
why-disputed = disputed by
why-note = note
why-assumption = assumption
why-reason = reason
why-formula = formula
why-decides = decided by
why-hint = to find out
why-missing = (not in this inventory)
why-unreadable = The answer did not say what these need, in a shape we know: { $names }
why-several-hint = name it with its type: `yunsweep why { $id }`
why-several = { $text } names { $count } resources: { $ids }
why-not-found = nothing in this inventory is called { $text }
why-not-found-holes = { $count } cells of this inventory could not be read: { $text } may be in one of them
why-not-found-hint = `yunsweep inventory` lists what there is; an id, a name or the last part of an id names a resource
date-undated = undated

# Whoami
whoami-account = account
whoami-identity = identity
whoami-kind = kind
whoami-source = credential from
whoami-key = AccessKey
whoami-site = site
whoami-site-china = China (aliyun.com, CNY)
whoami-site-international = international (alibabacloud.com, USD)
whoami-site-assumed = { $site }, assumed: no API says it; --site overrides
whoami-expires = expires
whoami-never-expires = never (a permanent AccessKey)
whoami-endpoint = connects to
whoami-emulator = { $endpoint } (not Alibaba Cloud: an endpoint override)

# Types
types-summary = { $count ->
    [one] 1 resource type
   *[other] { $count } resource types
  }.
listed-account = account
listed-region = region
billing-charged = yes
billing-free = no

# Demo
demo-welcome = This demo starts the built-in emulator on this machine and runs the same commands that run on a real account: real HTTP, real signatures, no cost, nothing of yours is touched.
demo-emulator = The emulator listens on { $endpoint }. Its world is `ack-sop`: an ACK cluster with what it leaves around it, in account { $account }.
demo-step = Step { $number } of { $total }: { $command }
demo-whoami-1 = Who are we? The credential comes from the same chain that the official tools use.
demo-whoami-2 = The account id begins with zeros: no real account has such an id, so nothing made here fits a real one.
demo-inventory-1 = What is there? Every resource type is listed in every region that was asked for.
demo-inventory-2 = The owner column says which cluster, node pool or Kubernetes object each resource belongs to.
demo-cost-1 = What does it cost a month? Charges times the price book, by Alibaba Cloud's own month of 720 hours.
demo-cost-2 = What is not known is listed as unknown and never counted as zero.
demo-why-1 = Where does a number come from? Every line has its formula, its price row, and the source and date of the price.
demo-why-2 = This is the node pool's first instance.
demo-plan-1 = What would a teardown do? The plan names every step with its calls, what is kept and why, and what that costs.
demo-plan-2 = Nothing is changed by it. An account that the configuration does not list cannot be torn down; the demo has listed its own.
demo-apply-1 = The plan is carried out, and nothing else. Its digest confirms that it was read; each call is written to a journal before it is sent.
demo-apply-2 = Accepted is not deleted: a step ends when a look proves that its resource is gone. The emulator's time runs as fast as somebody waits.
demo-verify-1 = Is it true? A full rescan is held against the plan: what is gone, what was kept on purpose, and what that still costs.
demo-verify-2 = The demo succeeds only if this proves it.
demo-end = That was all. On a real account: set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET (or use a profile of the aliyun CLI), then run `yunsweep whoami` and `yunsweep inventory --region cn-hangzhou`.

# Emulator
emulator-listening = The emulator listens on { $endpoint } with scenario { $scenario }. Stop it with Ctrl-C.
emulator-try = In another shell, paste these lines; then try `yunsweep whoami`.

# Hints
hint-report = this is a fault of yunsweep: please report it with the command and this text
hint-whoami = `yunsweep whoami` shows which identity is used
hint-profile = `yunsweep --profile NAME whoami` uses another profile of ~/.aliyun/config.json
hint-access-key-secret = check the AccessKey secret: it does not belong to this AccessKey id, or was not copied whole
hint-new-token = get a new token where this one came from, then try again
hint-in-between = the answer is not one of Alibaba Cloud's API: look whether a proxy or a login page of this network answers in its place
hint-try-again = try again in a moment; if it stays so, check the network and the proxy of this machine
hint-set-clock = set this machine's clock, then try again
hint-no-access = `yunsweep whoami` shows which identity is used; `yunsweep policy` prints the read-only policy that it needs
hint-types = `yunsweep types` lists the resource types
hint-save = `yunsweep inventory --save { $path }` makes a snapshot

# Plan of a teardown
column-after = AFTER
column-assumptions = UNVERIFIED
column-calls = CALLS
column-deadline = DEADLINE IN SECONDS
column-fallback = IF IT STAYED
column-flag = TAKEN IN BY
column-how = HOW
column-marks = MARKS
plan-scope = takes down
plan-account = account
plan-identity = identity
plan-endpoint = endpoint
plan-read-at = read at
plan-digest = digest
plan-steps-heading = { $count ->
    [one] 1 step
   *[other] { $count } steps, in this order
  }
plan-implied = { $count ->
    [one] 1 object of the cluster has nothing in the cloud and ends with it.
   *[other] { $count } objects of the cluster have nothing in the cloud and end with it.
  }
plan-goes-with = goes with step { $manager }
plan-goes-with-or-deleted = goes with step { $manager }, else deleted
plan-mark-data = loses data
plan-mark-protection = lifts protection
plan-mark-unverified = unverified
plan-lost-heading = Data that is lost for good
plan-protections-heading = Protections that are switched off
plan-assumptions-heading = Behaviour that no source confirms
plan-kept-heading = What stays, and why
plan-kept-nothing = Nothing near the scope stays.
plan-money-heading = Per month
plan-before = before
plan-after = after
plan-at-least = at least { $amount } ({ $count ->
    [one] 1 charge is
   *[other] { $count } charges are
  } by use or unknown)
plan-holes = What touches the scope could not be read; the plan was made all the same, because --allow-incomplete was given:
plan-next = Nothing was changed. The plan is in { $path }. Read it, then: yunsweep teardown apply { $path } --confirm { $digest }
plan-not-saved = Nothing was changed, and this plan was not saved: add --save plan.json to apply it later.
plan-refused = { $id } is not deleted: { $reason } ({ $because })
plan-taken-along = { $id } is kept ({ $reason }: { $because }), and { $taker } of the plan would take it along; there is no plan
plan-taken-along-hint = take it out of there first (remove a node from its pool without releasing it, detach a disk or set it not to go with its instance, set the reclaim policy of a volume to Retain), or name it with --id to have it deleted
plan-held = { $claim } is used by { $pod }, which the plan does not delete: the claim, its volume and its disk would stay
plan-held-hint = delete what makes the Pod, or the Pod, and plan again
plan-held-again = { $claim } is used by { $pod }, which { $makers } makes again: the claim, its volume and its disk would stay
plan-made-again = { $object } is made by { $makers }, which no scan reads: deleted by itself it would be made again, and what it has in the cloud would stay
plan-made-again-hint = delete that resource first (kubectl delete), while its operator still runs, and plan again; where its namespace only stays because of snapshots, --with snapshots lets it go with all that is in it
plan-namespace-holds = { $namespace } holds what no step takes down and nothing of the plan owns, and apply would stop there: { $what }
plan-namespace-serves = { $namespace } serves a part of the Kubernetes API, and without it no namespace of the cluster can end: { $what }
plan-namespace-unread = nobody can say what { $namespace } holds, and apply would stop there: { $what }
plan-namespace-hint = no scan reads the resources of operators: delete those objects while what cleans up after them still runs (kubectl delete), an APIService that does not answer or whose Service goes as well (kubectl delete apiservice), and plan again; the identity has to be allowed to list every kind (yunsweep policy --for teardown --kubernetes)
plan-cycle = no order exists: { $cycle }
plan-nothing = nothing is selected: name a cluster with --cluster or a resource with --id
plan-without-cluster = --with goes with a cluster: name one with --cluster
plan-several-accounts = one plan is for one account
plan-not-found = nothing in this inventory is called { $text }
plan-several = { $text } names { $count } resources: { $ids }
plan-incomplete = what touches the scope could not be read: { $holes }
plan-incomplete-hint = `yunsweep inventory` says why; read again with the missing permissions, or accept it with --allow-incomplete
kept-default = came with the VPC or is a default
kept-elsewhere = in another region than its cluster
kept-holds-data = holds data
kept-left-over = left over, not the cluster's
kept-made-by-user = made by the user
kept-not-owned = not the cluster's
kept-protected = protected
kept-retained = its volume says to retain it
kept-reused-by-user = the user's, reused by the cluster
kept-service-managed = managed by a cloud service
kept-shared = used by something that stays
kept-static-volume = disk of a static volume
kept-subscription = paid ahead
kept-unproven-owner = one signal names the cluster, and one is not enough
kept-unreadable = could not be read
kept-unsupported = cannot be deleted by yunsweep

# teardown: runs and their proof
run-steps = steps
run-gone = gone
run-ended = ended badly
run-none = There is no run on this machine.
run-announcement = Takes down { $count } resources of account { $account } as { $identity } at { $endpoint }: { $amount } per month. Plan { $digest }.
run-announcement-data = Data is lost for good with: { $steps }
run-summary = { $gone } of { $total } are proven gone.
run-check-heading = What to check
run-done = Everything in the plan is gone. `yunsweep teardown verify` proves it by a full rescan.
run-resume = The run is not finished. When what is named above is settled, go on with: yunsweep teardown resume { $digest }
run-status-planned = planned
run-status-begun = begun
run-status-unanswered = unanswered
run-status-accepted = accepted, not gone yet
run-status-taking-back = being taken back
run-status-gone = gone
run-status-failed = failed
run-status-drifted = changed since planned
run-status-stuck = stuck
run-status-uncertain = uncertain
run-status-blocked = blocked
run-progress-accepted = { $step }: { $what } accepted
run-progress-lost = { $step }: the answer to { $what } was lost; looking before anything is repeated
run-progress-waiting = { $step }: waits for { $what }
run-progress-taking-back = { $step }: takes back what was switched off
run-progress-gone = { $step }: gone
run-interrupted = Stopping: nothing more is started or waited for. What the cloud accepted goes on there. Press Ctrl-C again to leave at once. Go on later with: yunsweep teardown resume { $digest }
run-halted = the run stopped by itself
stop-changed = { $step } is not as it was planned ({ $facts }). It was left alone: look who changed it, then make a new plan.
stop-recreated = { $step }: the planned one is gone, and another of the same name is there ({ $facts }). It was left alone: find what made it again, then make a new plan.
stop-kept = { $step } is kept by a rule that did not hold at planning ({ $facts }). It was left alone.
stop-unplanned = { $step } holds what is not in the plan and would go with it ({ $facts }). It was left alone: move or remove that and resume, or make a new plan.
stop-unjudged = { $step } was left alone: whether a rule keeps it now could not be read ({ $facts }). Make that readable, then resume.
stop-denied = { $step }: the identity may not do this ({ $facts }). Grant the permission, then resume.
stop-protected = { $step } is protected ({ $facts }), and the plan does not lift that or it did not help. Look at its protection in the console.
stop-billing = { $step }: refused for billing reasons ({ $facts }). Look whether it is a subscription or the account is overdue.
stop-service-managed = { $step } is managed by a cloud service ({ $facts }). Find and delete what it belongs to.
stop-rejected = { $step }: the call was refused ({ $facts }).
stop-deletion-failed = { $step }: the cloud accepted the deletion and then reported that it failed ({ $facts }). Look at its events in the console, then resume.
stop-blocked = { $step } is held by something else ({ $facts }). Find out what that belongs to and remove it, then resume.
stop-busy = { $step }: the cloud refused for the moment until the deadline ({ $facts }). Look whether another change is running on it, then resume.
stop-lingering = { $step }: its deletion was accepted, and it is still there after the deadline ({ $facts }). Look at its status in the console, then resume.
stop-left-by-manager = { $step }: what manages it is gone and it stayed ({ $facts }). No call of the plan may delete it: look whether it is still used, then delete it by hand or name it in a new plan.
stop-answer-lost = { $step }: a call may or may not have arrived ({ $facts }). Look whether it still exists, then resume.
stop-unseen = { $step } could not be looked at, so nobody can say whether it is there ({ $facts }). Look whether it still exists, then resume.
run-left-open = { $step }: a protection that was switched off, or an association that was loosened, is off now, or may be. Resume, or switch it on by hand.
stop-left-open = A protection that was switched off, or an association that was loosened, is still off, or may be.
apply-refused-account = account { $account } is not listed as one that may be torn down
apply-refused-account-hint = to allow it, add to { $path }:  [accounts."{ $account }"]  teardown = true
apply-refused-confirmation = the plan was not confirmed: its digest is { $digest }
apply-refused-confirmation-hint = read the plan, then give its digest: --confirm { $digest }
apply-refused-mismatch = the digest that was given is not that of the plan, which is { $digest }
apply-prompt = Type the digest of the plan to take this down:
apply-begun = this plan was begun already
apply-begun-hint = yunsweep teardown resume { $digest }
resume-unknown = there is no run of the plan { $digest } on this machine
resume-unknown-hint = `yunsweep teardown status` lists the runs; a plan that was never applied is started with `yunsweep teardown apply PLAN`
no-state-folder = there is no folder for runs: neither XDG_STATE_HOME nor HOME is set
verify-heading = Teardown certificate
verify-clean = Clean: all { $total } resources of the plan are proven gone by a full rescan of its scope.
verify-left-overs = Not clean: { $left } left over, and of { $unproven } nobody can tell; { $gone } of { $total } resources of the plan are proven gone.
verify-incomplete = Not proven: nothing was found that should be gone, but { $holes } places could not be read, and of { $unproven } resources nobody can tell; { $gone } of { $total } resources of the plan are proven gone.
verify-at = verified at
verify-before = cost per month before
verify-after = cost per month now
verify-left-heading = Left over
verify-unproven-heading = Not proven
verify-gone-heading = Proven gone ({ $count })
verify-still-there = should be gone and is still there
verify-recreated = the planned one is gone, another of the same name is there
verify-outlived = the cluster owned it, and it outlived the cluster
verify-appeared = came after planning and belongs to the cluster
verify-kept-there = still there
verify-kept-gone = not there any more
verify-kept-unknown = could not be read
verify-saved = The certificate was written to { $path }.

# History and diff
column-changes = CHANGES
column-difference = DIFFERENCE
column-holes = HOLES
column-monthly-after = PER MONTH AFTER
column-monthly-before = PER MONTH BEFORE
column-resources = RESOURCES
column-scan = SCAN
column-scanned-at = SCANNED AT
history-nothing = No scan is kept.
history-forgotten = { $count ->
    [one] One scan was forgotten.
   *[other] { $count } scans were forgotten.
  }
history-not-kept = The scan was not kept in the history: { $reason }
history-hint = `yunsweep history` lists the scans that are kept; each whole scan of an account is, unless the configuration says `history = false`
history-unusable-hint = move the file away to begin a new history, or set `history = false` in the configuration to keep none
history-nothing-alike = the history holds no other scan of the accounts and regions of scan { $number }
history-nothing-alike-hint = name the two scans: `yunsweep diff BEFORE AFTER`, by day, time, number or snapshot file
history-several-accounts = the history holds scans of several accounts ({ $one }; { $other }): name the scan by its number
history-no-such-scan = there is no scan { $number } in the history
no-data-folder = there is no folder for the history: neither XDG_DATA_HOME nor HOME is set
diff-appeared = appeared
diff-vanished = vanished
diff-changed = changed
diff-unseen-before = not seen before
diff-unseen-after = not seen after
diff-nothing = Nothing differs.
diff-summary = { $appeared } appeared, { $vanished } vanished, { $changed } changed, { $unchanged } unchanged.
diff-at-least = at least { $amount }
diff-totals = Per month on { $before }: { $before_amount }; on { $after }: { $after_amount }.
diff-unseen = { $count ->
    [one] One resource is in one scan only, and the other scan did not read its place: whether it was there is not known.
   *[other] { $count } resources are in one scan only, and the other scan did not read their places: whether they were there is not known.
  }
diff-no-common-account = the two scans have no account in common

unfit-stale = the plan is stale: what it rests on was read at { $read_at }, more than 24 hours ago
unfit-future = the plan says that what it rests on was read at { $read_at }, which has not come yet: check the clock
unfit-account = the plan was made for account { $planned }, and this is { $found }
unfit-identity = the plan was made for identity { $planned }, and this is { $found }
unfit-endpoint = the plan was made for endpoint { $planned }, and this is { $found }
unfit-endpoint-type = the plan was made for endpoint type { $planned }, and this is { $found }
unfit-host = the plan was made for host of { $product } { $planned }, and this is { $found }
plan-file-not-a-plan = { $path } is not a yunsweep plan
plan-file-version = { $path } has plan format { $found }, which this yunsweep does not read
plan-file-damaged = { $path } is damaged at `{ $at }` (line { $line }, column { $column })
plan-file-altered = { $path } was altered after it was planned: its digest is { $found }, and it says { $said }
hint-new-plan = make a new one with `yunsweep teardown plan --save FILE`, and read it
store-busy = another yunsweep works on the run { $digest } right now
store-not-a-digest = `{ $digest }` is not the digest of a plan
file-not-read = cannot read { $path }
file-not-written = cannot write { $path }
file-not-locked = cannot lock { $path }
hint-file-permission = this user may not do that there: give it the permission, or choose another place (XDG_STATE_HOME is where runs are kept)
hint-file-full = the disk is full or the quota used up: free space, then try again
hint-file-name = look whether the name is right and its folder exists
hint-file-other = look at the disk and the folder, then try again
guard-malformed = step { $step } of the plan { $what }
journal-not-a-journal = the file of the journal is not a yunsweep journal
journal-version = the journal has format { $found }, which this yunsweep does not read
journal-other-plan = the journal belongs to the plan { $found }
journal-unreadable = line { $line } of the journal cannot be read
journal-unknown = line { $line } of the journal has something that this yunsweep does not know
journal-sequence = line { $line } of the journal has number { $found } in place of { $expected }
journal-unknown-step = line { $line } of the journal is about `{ $step }`, which is no step of the plan
journal-illegal = line { $line } of the journal does not follow from those before it
journal-not-written = the journal cannot be written
halt-credential = the credential is not accepted any more, or nobody can tell whose it is
run-damaged = { $count ->
    [one] What one run has come to cannot be told, because its files are damaged:
   *[other] What { $count } runs have come to cannot be told, because their files are damaged:
}
run-damaged-hint = Nothing goes on from a damaged journal. `yunsweep teardown verify PLAN` tells what is there; a new plan takes down the rest.

column-born = CREATED, OR UID
column-code = CODE
column-result = RESULT
column-seen-gone = RUN SAW IT GONE
column-sent = CALLS SENT
column-amount-before = PER MONTH BEFORE
column-unread = NOT READ
state-not-asked = nobody looked
verify-kept-missing = Not as planned: { $gone } of { $total } resources of the plan are proven gone, and { $missing } that it kept { $missing ->
    [one] is
   *[other] are
} not there any more.
verify-missing-heading = Kept by the plan, and not there any more
verify-missing = The plan was to leave these alone, and a complete list lacks them. No call of the plan deletes them: look who did, for instance in ActionTrail.
verify-unproven = Nobody can tell whether these are there: what would have to be read was not. They count as still billed.
certificate-method-heading = How it was proven
certificate-method = Gone is said only of what the complete list of its own place lacks, read anew for this certificate. That a deletion was accepted proves nothing and is told apart. Each thing is the one that was planned, by its creation time or UID; another of the same name is a left-over.
certificate-run = The calls are those of the journal on this machine: begun as { $identity } with yunsweep { $program }, from { $from } to { $to }, in { $count ->
    [one] one process
   *[other] { $count } processes
}. The proof does not rest on it.
certificate-no-run = This machine has no journal of a run of this plan: which calls were sent, when, and by whom is not known here. The proof does not rest on it.
certificate-planned-heading = Each resource of the plan
certificate-gone = gone
certificate-left = left over
certificate-unproven = not proven
evidence-not-listed = the complete list of { $type } in { $place } lacks it ({ $others ->
    [0] it is empty
    [one] one other is in it
   *[other] { $others } others are in it
})
evidence-in-no-parent = each { $parent } was listed whole, and the complete lists of { $type } of all { $count } lack it
evidence-parent-gone = it was inside of { $parent }, which is proven gone
certificate-with-manager = none: it went with { $manager }
certificate-no-call = none
certificate-not-known = not known here
certificate-unanswered = unanswered
certificate-answer-lost = answer lost
certificate-accepted = accepted
certificate-refused = refused: { $code }
certificate-now = now
certificate-money = By list prices, as at planning and as now. What is left over, kept or not proven gone counts as billed.
certificate-protections-heading = Protections and associations that were switched off
certificate-protections-none = None was switched off.
certificate-protections-unknown = Not known: this machine has no journal of a run of this plan.
certificate-lifted-gone = gone since
certificate-restored = switched on again
certificate-left-off = LEFT OFF: it is still there, unprotected
certificate-left-off-warning = Something that was protected is still there without its protection. Switch it on again, or delete it.
certificate-assumptions = These steps rest on behaviour that no source confirms (docs/unverified.md). What is said above of their resources is proven by looking, whatever they rested on.
certificate-assumptions-none = No step rests on behaviour that no source confirms.
certificate-limits-heading = What this does not say
certificate-limit-regions = Looked at were the regions of the plan ({ $regions }) and what belongs to no region; nothing is said of others.
certificate-limit-types = Looked at were { $count } resource types, those of `yunsweep types`; nothing is said of others.
certificate-limit-bills = Bills arrive later than resources go: what was used until then is still charged.
certificate-limit-implied = { $count ->
    [one] One object inside of the clusters has
   *[other] { $count } objects inside of the clusters have
} nothing in the cloud and ended with their cluster: they were not looked at one by one.
certificate-limit-hole = Not read at planning, and accepted with --allow-incomplete: { $hole }
certificate-planned-by = planned by
certificate-verified-by = verified by
certificate-program = program
policy-kubernetes-too = The plan reaches into clusters: there the identity needs what `yunsweep policy --kubernetes` prints with the same plan.
policy-kubernetes-any = A teardown reaches into clusters: there the identity needs what the same command prints with `--kubernetes`.
policy-lacks-nothing = The scan says of no permission that it was missing.
policy-lacks-in-clusters = In clusters, too, something was denied: the same command prints it with `--kubernetes`.
policy-derived = The server did not name { $actions }: they follow from the operations that were denied.
column-lab = LAB
column-clusters = CLUSTERS
column-belongings = RESOURCES
column-expires = EXPIRES
column-protected = PROTECTED
lab-none = (in no lab)
lab-expired = { $time } (expired)
lab-expiry-open = { $time } (not all clusters)
lab-expiry-unreadable = ? ({ $text })
lab-summary-tag = { $count ->
    [one] 1 lab
   *[other] { $count } labs
  } by the tag { $value }, at { $time }.
lab-summary-name = { $count ->
    [one] 1 lab
   *[other] { $count } labs
  }: clusters whose name begins with "{ $value }", at { $time }.
column-strategy = STRATEGY
column-limit = LIMIT PER HOUR
column-on-demand-share = ON DEMAND
column-compensate = ON DEMAND IF NO SPOT
column-remedy = REPLACES EARLY
column-zone-policy = ZONES
column-instance-type = INSTANCE TYPE
column-spot-price = SPOT PER HOUR
column-on-demand-price = ON DEMAND PER HOUR
column-reclaimed = BEING TAKEN BACK
column-interruption = WHEN TAKEN BACK
column-spot-hours = PROTECTED HOURS
spot-none-seen = None seen; not read, or not everywhere: { $types }.
spot-pools-heading = Pools that make spot instances, or may
spot-pools-none = None.
spot-instances-heading = Spot instances
spot-instances-none = None.
spot-price-unknown = What they cost now is not known: market prices are not read. A limit is the most that an hour may cost, never what it costs.
spot-reclaimed = { $id } is being taken back (operation lock Recycling).
spot-left-heading = Attached to nothing and tagged for spot pools
spot-left-none = Nothing that evidence points to. What a pool left that is gone itself is not told here: nothing says any more that it was a spot pool.
spot-left-spot = { $type } { $id } has been attached to nothing for a week or more and is tagged for { $pool } ({ $via }), which makes spot instances only
spot-left-perhaps = { $type } { $id } has been attached to nothing for a week or more and is tagged for { $pool } ({ $via }), which makes spot instances; the node may have been on demand
spot-share = { $base } and { $percent }% above
