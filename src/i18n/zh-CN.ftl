# 给人看的文本，简体中文。键和参数与 en.ftl 一致，由测试保证。

# 标签
label-error = 错误：
label-warning = 警告：
label-hint = 提示：
label-caused-by = 原因：
yes = 是
no = 否

# 列
column-account = 账号
column-action = 调用的操作
column-amount = 每月
column-as-of = 价格日期
column-billing = 计费
column-charge-type = 付费方式
column-cluster = 集群
column-console = 控制台
column-created = 创建时间
column-docs = 文档
column-confidence = 把握
column-evidence = 证据
column-formula = 算式
column-id = 标识
column-item = 计费项
column-lines = 行数
column-link = 关系
column-listed-per = 列举范围
column-name = 名称
column-note = 备注
column-other = 资源
column-outcome = 状态
column-owner = 归属
column-permission = 缺少的权限
column-product = 产品
column-reason = 原因
column-region = 地域
column-request-id = 请求标识
column-source = 来源
column-specification = 规格
column-state = 状态
column-status = 状态
column-tags = 标签
column-title = 说明
column-type = 类型
column-via = 依据字段
column-where = 位置
column-zone = 可用区

# 归属
owner-cluster = 集群 { $name }
owner-node-pool = 节点池 { $name }
owner-itself = 自身
owner-none = 无
owner-hint = { $owner }（可能）
owner-unknown-long = 未知：可能指明归属的信息没有读到
owner-none-long = 无：可能指明归属的信息都读到了，没有任何一处指明
confidence-hint = 仅为线索
confidence-strong = 一个有力的证据
confidence-decisive = 确定

# 付费方式
paid-pay-as-you-go = 按量付费
paid-subscription = 包年包月
paid-spot = 抢占式
paid-free = 免费

# 覆盖情况
coverage-heading = 有内容未能读取
coverage-holes = { $total } 个“类型 × 地域”单元中有 { $count } 个没有读全：其中的资源不在本结果内。
coverage-nothing = 没有查询任何“类型 × 地域”单元：无法得知有哪些资源。
coverage-skipped = { $total } 个单元中有 { $count } 个没有查询。
coverage-places = { $first } 等，另有 { $more } 处
coverage-permission-derived = { $action }（推断）
coverage-permission-hint = `yunsweep policy` 输出只读的 RAM 权限策略，包含 yunsweep 会调用的全部操作。
state-ok = 已读取
state-not-offered = 该地域未提供
state-not-activated = 未开通
state-skipped = 已略过
state-denied = 无权限
state-throttled = 被限流
state-unreachable = 无法连接
state-incomplete = 不完整
state-failed = 失败

# 清单
inventory-empty = 没有资源。
inventory-summary = 共 { $count } 个资源，{ $types } 种类型；{ $accounts }，{ $regions }；读取于 { $time }。
inventory-regions = { $count ->
    [1] 地域 { $first }
   *[other] { $count } 个地域
  }
inventory-accounts = { $count ->
    [1] 账号 { $first }
   *[other] { $count } 个账号
  }
scan-region-not-asked = 资源中心显示 { $region } 有 { $count } 个资源，而本次没有查询该地域。
accounts-no-index = 账号 { $account } 没有可查询的资源索引；将查询所有地域
accounts-twice = 账号 { $account } 已在读取中；{ $how } 属于同一账号，不再使用
scan-surprise = { $region } 有 { $count } 个可能计费的资源，但没有集群；账号 { $account } 的集群在其他地域。
scan-progress = 已发现 { $resources } 个资源，{ $holes } 处未能读取
holder-there = 集群 { $cluster }：{ $count } 个资源
holder-not-listed = 集群 { $cluster } 不在任何地域的集群列表中（已不存在，或属于其他账号）：{ $count } 个资源
holder-unclear = 集群 { $cluster }（无法确认是否存在）：{ $count } 个资源
holder-resource = 属于其他资源：{ $count } 个
holder-nobody = 无归属：{ $count } 个
holder-unknown = 归属未知：{ $count } 个
holder-object-gone = 对应的 Kubernetes 对象已不存在
holder-without-resource = 云上资源不存在的 Kubernetes 对象
holder-objects = 不含集群内的 { $count } 个 Kubernetes 对象。
holder-expects = { $object } 引用 { $expects }（{ $via }）
ledger-saved = { $clusters } 个集群的 { $count } 个资源已保存到 { $path }。之后可用 `yunsweep ledger check` 加该文件查看它们是否还在。
ledger-checked = 账本记录于 { $time }：{ $gone } 个已不存在，{ $there } 个仍在，{ $unclear } 个无法确认。
ledger-had-holes = 保存时有 { $count } 个单元无法读取：集群可能还拥有其他资源。
ledger-older-scan = { $scan } 的扫描早于 { $ledger } 的账本：它无法说明这些资源后来如何
ledger-exists = { $path } 已存在
ledger-exists-hint = 账本里可能有如今无从得知的内容：请用 --save 另选文件，或先移走这个文件
ledger-gone = 已不存在
ledger-there = 仍在
ledger-no-cluster = 此清单中没有集群 `{ $cluster }`，也没有属于它的资源
inventory-saved = 清单已保存到 { $path }。
inventory-regions-unchecked = 无法查询地域列表（{ $reason }）；无法确认所指定的 { $count } 个地域是否存在。
scan-from-with-region = 快照总是整份使用：`--region` 不能与 `--from` 同用
inventory-no-regions = 无法查询地域列表（{ $reason }）；改为扫描内置表中的 { $count } 个地域。

# 费用
cost-lines-heading = 计费明细
cost-free = 有 { $count } 行不收费；用 `-o wide` 查看。
cost-products-heading = 按产品
cost-clusters-heading = 按集群
cost-no-cluster = 不属于集群
cost-total = 按每月 { $hours } 小时计，合计：{ $amount }
cost-total-at-least = 按每月 { $hours } 小时计，合计：至少 { $amount }
cost-amount-at-most = 至多 { $amount }
cost-at-most = 快照按其云盘容量计算，即可能的上限：合计中的 { $amount } 实际可能更少。
cost-amount-list-price = { $amount }（目录价）
cost-list-price = 包年包月资源按一个月的目录价计算，并非实际支付金额：时长与折扣以账单为准。
cost-counts = { $priced } 行有价格，{ $free } 行免费，{ $usage } 行按用量计费，{ $unknown } 行未知。采用 { $date } 的价格；每一行都有来源（`yunsweep why 标识`）。
cost-nothing = 清单中没有计费的资源。
cost-rounded = 金额为便于阅读做了四舍五入；合计由精确值算出，因此与各项之和可能相差一分。
cost-unknown-heading = 未知：不计入合计，但不等于零
cost-usage-heading = 按用量计费：没有观测到用量，不计入合计
cost-disputed-heading = 有争议的价格：另有来源给出不同的价格
cost-disputed = { $what }：采用 { $used }；{ $source } 给出 { $other }
cost-assumptions-heading = 假设
cost-item = { $id } 的 { $item }
outcome-priced = 有价格
outcome-free = 免费
outcome-usage = 按用量
outcome-unknown = 未知
cost-incomplete = 未能读取的资源没有计价：合计不包含它们。

# 为什么
why-owner-heading = 归属
why-owner-is = { $owner }（{ $confidence }）
why-links-heading = 关系
why-no-links = 没有资源提到它，它也没有提到任何资源。
why-charges-heading = 计费项
why-no-charges = 它不产生费用。
why-price-row = 价格
why-source = 来源
why-confirmed = 另有来源一致
why-disputed = 另有来源不同
why-note = 说明
why-assumption = 假设
why-reason = 原因
why-formula = 算式
why-decides = 取决于
why-hint = 如何得知
why-missing = （不在本清单内）
why-unreadable = 返回结果中没有以已知形式给出：{ $names }
why-several-hint = 请连同类型一起指定：`yunsweep why { $id }`
why-several = { $text } 对应 { $count } 个资源：{ $ids }
why-not-found = 本清单中没有名为 { $text } 的资源
why-not-found-holes = 本清单有 { $count } 个单元未能读取，{ $text } 可能就在其中
why-not-found-hint = 用 `yunsweep inventory` 查看清单；可以用标识、名称或标识的最后一段来指定资源
date-undated = 未注明日期

# 身份
whoami-account = 账号
whoami-identity = 身份
whoami-kind = 类别
whoami-source = 凭证来源
whoami-key = 访问密钥
whoami-site = 站点
whoami-site-china = 中国站（aliyun.com，人民币）
whoami-site-international = 国际站（alibabacloud.com，美元）
whoami-site-assumed = { $site }，为假定：没有 API 可以查询；可用 --site 指定
whoami-expires = 到期
whoami-never-expires = 永不到期（长期 AccessKey）
whoami-endpoint = 连接到
whoami-emulator = { $endpoint }（不是阿里云：已改用指定的地址）

# 类型
types-summary = 共 { $count } 种资源类型。
listed-account = 账号
listed-region = 地域
billing-charged = 是
billing-free = 否

# 演示
demo-welcome = 本演示在本机启动内置模拟器，并运行与真实账号完全相同的命令：真实的 HTTP，真实的签名，不产生费用，也不会触及你的任何资源。
demo-emulator = 模拟器监听于 { $endpoint }。场景为 `ack-sop`：一个 ACK 集群及其周边遗留的资源，账号 { $account }。
demo-step = 第 { $number } 步，共 { $total } 步：{ $command }
demo-whoami-1 = 我们是谁？凭证来自官方工具所用的同一条凭证链。
demo-whoami-2 = 账号以零开头：真实账号没有这样的号码，因此在这里生成的任何东西都不会用到真实账号上。
demo-inventory-1 = 有什么？在所选的每个地域列出每一种资源类型。
demo-inventory-2 = “归属”一列说明每个资源属于哪个集群、节点池或 Kubernetes 对象。
demo-cost-1 = 每月多少钱？计费项乘以价格表，按阿里云惯用的每月 720 小时计算。
demo-cost-2 = 未知的价格单独列出，绝不当作零。
demo-why-1 = 这个数字从哪里来？每一行都有算式、价格行，以及价格的来源和日期。
demo-why-2 = 这是节点池的第一台实例。
demo-plan-1 = 拆除会做什么？计划列出每一步及其调用、保留什么及原因，以及相应的费用。
demo-plan-2 = 计划不做任何改动。配置中未列出的账号不能被拆除；演示已列出它自己的账号。
demo-apply-1 = 只执行计划中的内容，别无其他。摘要表示计划已被阅读；每次调用在发送之前都会写入日志。
demo-apply-2 = 已受理不等于已删除：只有再次查询证明资源已不存在，该步骤才算结束。模拟器的时间随等待而前进。
demo-verify-1 = 真的删除了吗？完整地重新扫描并与计划对照：哪些已删除、哪些被有意保留、保留的还要花多少钱。
demo-verify-2 = 只有在这一步得到证明时，演示才算成功。
demo-end = 演示结束。用于真实账号：设置 ALIBABA_CLOUD_ACCESS_KEY_ID 和 ALIBABA_CLOUD_ACCESS_KEY_SECRET（或使用 aliyun CLI 的配置），然后运行 `yunsweep whoami` 和 `yunsweep inventory --region cn-hangzhou`。

# 模拟器
emulator-listening = 模拟器监听于 { $endpoint }，场景为 { $scenario }。按 Ctrl-C 停止。
emulator-try = 在另一个终端粘贴以下几行，然后试试 `yunsweep whoami`。

# 提示
hint-report = 这是 yunsweep 的缺陷：请附上命令和这段文字反馈
hint-whoami = `yunsweep whoami` 显示当前使用的身份
hint-profile = `yunsweep --profile 名称 whoami` 使用 ~/.aliyun/config.json 中的另一个配置
hint-access-key-secret = 检查 AccessKey Secret：它与该 AccessKey ID 不匹配，或没有复制完整
hint-new-token = 从该令牌的来源重新获取令牌后再试
hint-in-between = 收到的不是阿里云 API 的应答：检查是否有代理或网络登录页代为应答
hint-try-again = 稍后重试；若一直如此，请检查本机的网络和代理
hint-set-clock = 校准本机时钟后重试
hint-no-access = `yunsweep whoami` 显示当前使用的身份；`yunsweep policy` 输出所需的只读权限策略
hint-types = `yunsweep types` 列出资源类型
hint-save = `yunsweep inventory --save { $path }` 生成快照

# 清理计划
column-after = 前置步骤
column-assumptions = 未证实
column-calls = 调用
column-deadline = 期限（秒）
column-fallback = 若仍存在
column-flag = 纳入方式
column-how = 方式
column-marks = 标记
plan-scope = 清理范围
plan-account = 账号
plan-identity = 身份
plan-endpoint = 接入点
plan-read-at = 读取时间
plan-digest = 摘要
plan-steps-heading = { $count ->
   *[other] 共 { $count } 步，按此顺序
  }
plan-implied = { $count ->
   *[other] 集群中有 { $count } 个对象在云上没有对应资源，随集群一起消失。
  }
plan-goes-with = 随第 { $manager } 步删除
plan-goes-with-or-deleted = 随第 { $manager } 步删除，否则单独删除
plan-mark-data = 数据丢失
plan-mark-protection = 解除保护
plan-mark-unverified = 未证实
plan-lost-heading = 将永久丢失的数据
plan-protections-heading = 将关闭的保护
plan-assumptions-heading = 没有来源证实的行为
plan-kept-heading = 保留的资源及原因
plan-kept-nothing = 范围附近没有保留的资源。
plan-money-heading = 每月费用
plan-before = 之前
plan-after = 之后
plan-at-least = 至少 { $amount }（{ $count ->
   *[other] 另有 { $count } 项按用量计费或未知
  }）
plan-holes = 有与范围相关的内容无法读取；因为指定了 --allow-incomplete，仍然生成了计划：
plan-next = 没有做任何改动。计划已保存到 { $path }。请先阅读，然后执行：yunsweep teardown apply { $path } --confirm { $digest }
plan-not-saved = 没有做任何改动，计划也没有保存：加上 --save plan.json 以便之后执行。
plan-refused = { $id } 不会被删除：{ $reason }（{ $because }）
plan-taken-along = { $id } 需要保留（{ $reason }：{ $because }），而计划中的 { $taker } 会把它一并删除；因此没有生成计划
plan-taken-along-hint = 请先把它移出（从节点池移除节点但不释放实例，卸载云盘或关闭随实例释放，把存储卷的回收策略改为 Retain），或用 --id 指名删除它
plan-held = { $claim } 正被 { $pod } 使用，而计划不删除该 Pod：存储声明、存储卷和云盘都会留下
plan-held-hint = 请先删除创建该 Pod 的对象（或该 Pod 本身），再重新生成计划
plan-held-again = { $claim } 正被 { $pod } 使用，而 { $makers } 会重新创建该 Pod：存储声明、存储卷和云盘都会留下
plan-made-again = { $object } 由 { $makers } 创建，而扫描不读取它：单独删除后会被重新创建，它在云上的资源会留下
plan-made-again-hint = 请趁其 Operator 仍在运行时先删除该自定义资源（kubectl delete），再重新生成计划；如果其命名空间只是因为快照而保留，--with snapshots 会让它连同其中的一切一并删除
plan-namespace-holds = { $namespace } 中有计划既不删除也不拥有的对象，执行会在此停止：{ $what }
plan-namespace-serves = { $namespace } 提供了 Kubernetes API 的一部分，没有它，集群中的任何命名空间都无法删除完成：{ $what }
plan-namespace-unread = 无法得知 { $namespace } 中有什么，执行会在此停止：{ $what }
plan-namespace-hint = 扫描不读取 Operator 的自定义资源：请趁负责清理它们的程序仍在运行时删除这些对象（kubectl delete）；无应答的、或其 Service 会一并删除的 APIService 也请删除（kubectl delete apiservice）；然后重新生成计划。该身份需要有权列出所有类型的对象（yunsweep policy --for teardown --kubernetes）
plan-cycle = 无法排出顺序：{ $cycle }
plan-nothing = 没有选择任何对象：请用 --cluster 指定集群，或用 --id 指定资源
plan-without-cluster = --with 需要集群：请用 --cluster 指定一个
plan-several-accounts = 一份计划只针对一个账号
plan-not-found = 此清单中没有名为 { $text } 的资源
plan-several = { $text } 对应 { $count } 个资源：{ $ids }
plan-incomplete = 有与范围相关的内容无法读取：{ $holes }
plan-incomplete-hint = `yunsweep inventory` 会说明原因；补齐权限后重新读取，或用 --allow-incomplete 接受
kept-default = 随 VPC 创建或属于默认资源
kept-elsewhere = 不在集群所在的地域
kept-holds-data = 含有数据
kept-left-over = 遗留资源，不属于集群
kept-made-by-user = 由用户创建
kept-not-owned = 不属于集群
kept-protected = 受保护
kept-retained = 存储卷要求保留
kept-reused-by-user = 用户所有，集群复用
kept-service-managed = 由云服务管理
kept-shared = 被保留的资源使用
kept-static-volume = 静态存储卷的云盘
kept-subscription = 包年包月
kept-unproven-owner = 只有一个线索指向集群，不足为证
kept-unreadable = 无法读取
kept-unsupported = yunsweep 无法删除

# 清理：执行与证明
run-steps = 步骤
run-gone = 已删除
run-ended = 异常结束
run-none = 本机没有任何清理记录。
run-announcement = 将以 { $identity } 身份在 { $endpoint } 清理账号 { $account } 的 { $count } 个资源：每月 { $amount }。计划 { $digest }。
run-announcement-data = 以下资源的数据将永久丢失：{ $steps }
run-summary = { $total } 个中有 { $gone } 个已证实删除。
run-check-heading = 需要检查
run-done = 计划中的资源已全部删除。`yunsweep teardown verify` 会通过完整重新扫描加以证明。
run-resume = 清理尚未完成。处理好上面列出的问题后继续：yunsweep teardown resume { $digest }
run-status-planned = 未开始
run-status-begun = 进行中
run-status-unanswered = 未收到应答
run-status-accepted = 已受理，尚未删除
run-status-taking-back = 正在恢复
run-status-gone = 已删除
run-status-failed = 失败
run-status-drifted = 计划后有变化
run-status-stuck = 卡住
run-status-uncertain = 无法确定
run-status-blocked = 被阻塞
run-progress-accepted = { $step }：{ $what } 已受理
run-progress-lost = { $step }：{ $what } 的应答丢失；先查看，再决定是否重发
run-progress-waiting = { $step }：等待 { $what }
run-progress-taking-back = { $step }：正在恢复已关闭的保护
run-progress-gone = { $step }：已删除
run-interrupted = 正在停止：不再发起新的操作，也不再等待。云端已受理的操作会继续进行。再按一次 Ctrl-C 立即退出。之后继续：yunsweep teardown resume { $digest }
run-halted = 清理自行停止
stop-changed = { $step } 与计划时不同（{ $facts }），未做改动：请查明是谁修改的，然后重新生成计划。
stop-recreated = { $step }：计划中的已不存在，但出现了同名的另一个（{ $facts }），未做改动：请查明是什么重新创建的，然后重新生成计划。
stop-kept = { $step } 被一条计划时不适用的规则保留（{ $facts }），未做改动。
stop-unplanned = { $step } 中有计划之外、会随之一同删除的内容（{ $facts }），未做改动：请移走或删除它们后继续，或重新生成计划。
stop-unjudged = { $step } 未做改动：无法读取判断其是否应保留所需的信息（{ $facts }）。请先使其可读，然后继续。
stop-denied = { $step }：当前身份没有权限（{ $facts }）。授权后继续。
stop-protected = { $step } 受保护（{ $facts }），计划没有解除该保护，或解除后仍无效。请在控制台查看其保护设置。
stop-billing = { $step }：因计费原因被拒绝（{ $facts }）。请检查是否为包年包月，或账号是否欠费。
stop-service-managed = { $step } 由云服务管理（{ $facts }）。请找到并删除它所属的资源。
stop-rejected = { $step }：调用被拒绝（{ $facts }）。
stop-deletion-failed = { $step }：云端受理了删除，随后报告失败（{ $facts }）。请在控制台查看其事件，然后继续。
stop-blocked = { $step } 被其他资源占用（{ $facts }）。请查明其归属并移除，然后继续。
stop-busy = { $step }：直到超时云端都暂时拒绝（{ $facts }）。请检查是否有其他变更正在进行，然后继续。
stop-lingering = { $step }：删除已受理，但超时后仍然存在（{ $facts }）。请在控制台查看其状态，然后继续。
stop-left-by-manager = { $step }：其管理者已删除，它却留了下来（{ $facts }）。计划中没有可以删除它的调用：请检查是否仍在使用，然后手动删除，或在新计划中指明它。
stop-answer-lost = { $step }：有一次调用不确定是否送达（{ $facts }）。请检查它是否仍然存在，然后继续。
stop-unseen = { $step } 无法查看，因此不能确定是否存在（{ $facts }）。请检查它是否仍然存在，然后继续。
run-left-open = { $step }：已关闭的保护或已解除的关联目前处于（或可能处于）关闭状态。请继续运行，或手动恢复。
stop-left-open = 已关闭的保护或已解除的关联仍处于（或可能处于）关闭状态。
apply-refused-account = 账号 { $account } 未列为可以清理的账号
apply-refused-account-hint = 如要允许，请在 { $path } 中加入：[accounts."{ $account }"]  teardown = true
apply-refused-confirmation = 计划未经确认：其摘要为 { $digest }
apply-refused-confirmation-hint = 请先阅读计划，然后给出其摘要：--confirm { $digest }
apply-refused-mismatch = 给出的摘要与计划不符，计划的摘要为 { $digest }
apply-prompt = 输入计划的摘要以开始清理：
apply-begun = 该计划已经开始执行
apply-begun-hint = 继续执行：yunsweep teardown resume { $digest }
resume-unknown = 本机没有计划 { $digest } 的清理记录
resume-unknown-hint = `yunsweep teardown status` 列出所有记录；尚未执行的计划用 `yunsweep teardown apply PLAN` 开始
no-state-folder = 没有存放清理记录的目录：XDG_STATE_HOME 和 HOME 都没有设置
verify-heading = 清理证明
verify-clean = 已清理干净：通过对范围的完整重新扫描，证实计划中的 { $total } 个资源已全部删除。
verify-left-overs = 未清理干净：遗留 { $left } 个，{ $unproven } 个无法判断；计划中的 { $total } 个资源有 { $gone } 个已证实删除。
verify-incomplete = 未能证明：没有发现应删除而未删除的资源，但有 { $holes } 处无法读取，{ $unproven } 个资源无法判断；计划中的 { $total } 个资源有 { $gone } 个已证实删除。
verify-at = 验证时间
verify-before = 之前每月费用
verify-after = 现在每月费用
verify-left-heading = 遗留资源
verify-unproven-heading = 未能证明
verify-gone-heading = 已证实删除（{ $count }）
verify-still-there = 应删除但仍然存在
verify-recreated = 计划中的已不存在，但出现了同名的另一个
verify-outlived = 原属集群，集群删除后仍然存在
verify-appeared = 计划之后出现，属于该集群
verify-kept-there = 仍然存在
verify-kept-gone = 已不存在
verify-kept-unknown = 无法读取
verify-saved = 证明已写入 { $path }。

# 历史与比较
column-changes = 变化
column-difference = 差异
column-holes = 未能读取
column-monthly-after = 之后每月
column-monthly-before = 之前每月
column-resources = 资源数
column-scan = 编号
column-scanned-at = 扫描时间
history-nothing = 没有保存任何扫描。
history-forgotten = 已删除 { $count } 次扫描。
history-not-kept = 本次扫描未能存入历史：{ $reason }
history-hint = `yunsweep history` 列出已保存的扫描；除非配置了 `history = false`，每次完整扫描都会保存
history-unusable-hint = 移走该文件即可开始新的历史，或在配置中写 `history = false` 不再保存
history-nothing-alike = 历史中没有与第 { $number } 次扫描账号和地域相同的其他扫描
history-nothing-alike-hint = 请指明两次扫描：`yunsweep diff 之前 之后`，可用日期、时间、编号或快照文件
history-several-accounts = 历史中有多个账号的扫描（{ $one }；{ $other }）：请用编号指明
history-no-such-scan = 历史中没有编号为 { $number } 的扫描
no-data-folder = 没有存放历史的目录：XDG_DATA_HOME 和 HOME 都没有设置
diff-appeared = 新出现
diff-vanished = 已消失
diff-changed = 有变化
diff-unseen-before = 之前未读到
diff-unseen-after = 之后未读到
diff-nothing = 没有差异。
diff-summary = 新出现 { $appeared } 个，消失 { $vanished } 个，变化 { $changed } 个，未变 { $unchanged } 个。
diff-at-least = 至少 { $amount }
diff-totals = 每月费用：{ $before } 时为 { $before_amount }；{ $after } 时为 { $after_amount }。
diff-unseen = 有 { $count } 个资源只出现在其中一次扫描里，而另一次扫描没有读取其所在位置：当时是否存在未知。
diff-no-common-account = 两次扫描没有共同的账号

unfit-stale = 计划已过期：其依据读取于 { $read_at }，已超过 24 小时
unfit-future = 计划称其依据读取于 { $read_at }，该时间尚未到来：请检查时钟
unfit-account = 计划是为账号 { $planned } 制定的，当前是 { $found }
unfit-identity = 计划是为身份 { $planned } 制定的，当前是 { $found }
unfit-endpoint = 计划是为接入点 { $planned } 制定的，当前是 { $found }
unfit-endpoint-type = 计划是为接入点类型 { $planned } 制定的，当前是 { $found }
unfit-host = 计划中 { $product } 的主机是 { $planned }，当前是 { $found }
plan-file-not-a-plan = { $path } 不是 yunsweep 的计划
plan-file-version = { $path } 的计划格式为 { $found }，本版 yunsweep 无法读取
plan-file-damaged = { $path } 已损坏，位置 `{ $at }`（第 { $line } 行，第 { $column } 列）
plan-file-altered = { $path } 在制定之后被改动：其摘要为 { $found }，而文件中写的是 { $said }
hint-new-plan = 用 `yunsweep teardown plan --save 文件` 重新制定计划并阅读
store-busy = 另一个 yunsweep 正在执行计划 { $digest }
store-not-a-digest = `{ $digest }` 不是计划的摘要
file-not-read = 无法读取 { $path }
file-not-written = 无法写入 { $path }
file-not-locked = 无法锁定 { $path }
hint-file-permission = 当前用户没有权限：请授予权限，或换一个位置（执行记录保存在 XDG_STATE_HOME 下）
hint-file-full = 磁盘已满或配额已用完：请释放空间后重试
hint-file-name = 检查名称是否正确、所在目录是否存在
hint-file-other = 检查磁盘和目录后重试
guard-malformed = 计划的步骤 { $step } 不合规则（{ $what }）
journal-not-a-journal = 日志文件不是 yunsweep 的日志
journal-version = 日志格式为 { $found }，本版 yunsweep 无法读取
journal-other-plan = 日志属于另一个计划 { $found }
journal-unreadable = 日志第 { $line } 行无法读取
journal-unknown = 日志第 { $line } 行含有本版 yunsweep 不认识的内容
journal-sequence = 日志第 { $line } 行的编号是 { $found }，应为 { $expected }
journal-unknown-step = 日志第 { $line } 行涉及 `{ $step }`，计划中没有这一步
journal-illegal = 日志第 { $line } 行与前面的内容不相符
journal-not-written = 日志无法写入
halt-credential = 凭证不再被接受，或无法确认其归属
run-damaged = { $count ->
   *[other] 有 { $count } 次执行的文件已损坏，无法得知其结果：
}
run-damaged-hint = 损坏的日志不能继续执行。`yunsweep teardown verify PLAN` 可查明现状；剩余部分请重新制定计划。

column-born = 创建时间或 UID
column-code = 代码
column-result = 结果
column-seen-gone = 执行时确认已删除
column-sent = 已发送的调用
column-amount-before = 之前每月费用
column-unread = 未读取的位置
state-not-asked = 没有查询
verify-kept-missing = 与计划不符：计划中的 { $total } 个资源有 { $gone } 个已证实删除，但计划保留的资源有 { $missing } 个已不存在。
verify-missing-heading = 计划保留、但已不存在的资源
verify-missing = 计划不动这些资源，而完整的列表中已没有它们。计划中没有任何调用会删除它们：请查明是谁删除的，例如查看操作审计（ActionTrail）。
verify-unproven = 无法判断以下资源是否存在：需要读取的位置没有读到。它们按仍在计费计算。
certificate-method-heading = 证明方法
certificate-method = 只有在为本证明重新读取的、所在位置的完整列表中不存在的资源，才称为已删除。删除请求被受理不能证明任何事，单独列出。每个资源都以创建时间或 UID 确认为计划中的那一个；同名的另一个算作遗留。
certificate-run = 调用来自本机的执行日志：以 { $identity } 身份、用 yunsweep { $program } 开始，从 { $from } 到 { $to }，共 { $count } 个进程。证明不依赖于它。
certificate-no-run = 本机没有该计划的执行日志：发送过哪些调用、何时、由谁发送，在此无从得知。证明不依赖于它。
certificate-planned-heading = 计划中的每个资源
certificate-gone = 已删除
certificate-left = 遗留
certificate-unproven = 未能证明
evidence-not-listed = { $place } 的 { $type } 完整列表中没有它（{ $others ->
    [0] 列表为空
   *[other] 另有 { $others } 个
}）
evidence-in-no-parent = 已完整列出每个 { $parent }，其全部 { $count } 个的 { $type } 完整列表中都没有它
evidence-parent-gone = 它位于 { $parent } 之内，后者已证实删除
certificate-with-manager = 无：随 { $manager } 一起删除
certificate-no-call = 无
certificate-not-known = 在此无从得知
certificate-unanswered = 没有应答
certificate-answer-lost = 应答丢失
certificate-accepted = 已受理
certificate-refused = 被拒绝：{ $code }
certificate-now = 现在
certificate-money = 按目录价计算，分别为制定计划时和现在。遗留的、保留的以及未能证明已删除的，都按仍在计费计算。
certificate-protections-heading = 曾关闭的保护和关联
certificate-protections-none = 没有关闭任何保护。
certificate-protections-unknown = 未知：本机没有该计划的执行日志。
certificate-lifted-gone = 之后已删除
certificate-restored = 已重新打开
certificate-left-off = 未恢复：资源仍在，且没有保护
certificate-left-off-warning = 有原本受保护的资源仍然存在，而保护没有恢复。请重新打开保护，或删除该资源。
certificate-assumptions = 以下步骤依赖没有来源证实的行为（docs/unverified.md）。上文对这些资源的结论来自查询，与这些假设无关。
certificate-assumptions-none = 没有步骤依赖未经来源证实的行为。
certificate-limits-heading = 本证明未涵盖的内容
certificate-limit-regions = 查询的是计划所涉及的地域（{ $regions }）以及不属于任何地域的资源；对其他地域不作结论。
certificate-limit-types = 查询了 { $count } 种资源类型，即 `yunsweep types` 所列；对其他类型不作结论。
certificate-limit-bills = 账单晚于资源的删除：此前的用量仍会计费。
certificate-limit-implied = 集群内有 { $count } 个对象在云上没有对应资源，随集群一起消失：没有逐一查询。
certificate-limit-hole = 制定计划时未能读取、并以 --allow-incomplete 接受：{ $hole }
certificate-planned-by = 计划制定者
certificate-verified-by = 验证者
certificate-program = 程序
policy-kubernetes-too = 该计划会访问集群内部：在集群中，该身份还需要 `yunsweep policy --kubernetes`（配合同一计划）输出的权限。
policy-kubernetes-any = 拆除会访问集群内部：在集群中，该身份还需要同一命令加 `--kubernetes` 输出的权限。
policy-lacks-nothing = 这次扫描没有记录缺少任何权限。
policy-lacks-in-clusters = 集群内也有操作被拒绝：同一命令加 `--kubernetes` 会输出所缺的权限。
policy-derived = 服务端没有指明 { $actions }：它们由被拒绝的操作推断得出。
column-lab = 实验环境
column-clusters = 集群
column-belongings = 资源数
column-expires = 到期时间
column-protected = 受保护
lab-none = （不属于任何实验环境）
lab-expired = { $time }（已到期）
lab-expiry-open = { $time }（并非所有集群）
lab-expiry-unreadable = ?（{ $text }）
lab-summary-tag = 按标签 { $value } 划分，共 { $count } 个实验环境，截至 { $time }。
lab-summary-name = 名称以“{ $value }”开头的集群，共 { $count } 个实验环境，截至 { $time }。
column-strategy = 抢占策略
column-limit = 每小时上限
column-on-demand-share = 按量部分
column-compensate = 无库存时按量补足
column-remedy = 提前替换
column-zone-policy = 可用区策略
column-instance-type = 实例规格
column-spot-price = 抢占式每小时
column-on-demand-price = 按量每小时
column-reclaimed = 正被回收
column-interruption = 回收方式
column-spot-hours = 保护时长（小时）
spot-none-seen = 未发现；以下类型没有读取，或没有全部读取：{ $types }。
spot-pools-heading = 创建（或可能创建）抢占式实例的节点池和伸缩组
spot-pools-none = 无。
spot-instances-heading = 抢占式实例
spot-instances-none = 无。
spot-price-unknown = 当前价格未知：没有读取市场价格。上限是每小时最多花费，绝不是实际花费。
spot-reclaimed = { $id } 正被回收（操作锁 Recycling）。
spot-left-heading = 没有挂载到任何资源、标签指向抢占式节点池的资源
spot-left-none = 没有证据指向任何资源。节点池本身已不存在时，它留下的资源不列在这里：已没有信息能说明它是抢占式节点池。
spot-left-spot = { $type } { $id } 一周以上没有挂载到任何资源，其标签（{ $via }）指向 { $pool }，该池只创建抢占式实例
spot-left-perhaps = { $type } { $id } 一周以上没有挂载到任何资源，其标签（{ $via }）指向 { $pool }，该池创建抢占式实例，但该节点也可能是按量付费
spot-share = { $base } 台，其余 { $percent }%
