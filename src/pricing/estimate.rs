//! The estimate: charges x price book over a month.
//!
//! Every charge becomes one line: priced, free, by use, or unknown. Unknown is never zero, amounts of different
//! currencies are never added together, and a total says when it leaves something out.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use super::amount::{self, Amount};
use super::book::PriceBook;
use super::line::{Alternative, Holder, Line, Outcome, PriceRow};
use super::lookup::{Found, Lookup, Query};
use super::quota::Quota;
use super::row::Row;
use super::unit::{Fit, Period};
use crate::model::money::Sums;
use crate::model::{
    AccountId, Charge, ChargeKind, ChargeType, Confidence, Money, OwnerKind, Per, Quantity,
    Resource, Said, Site,
};

/// Alibaba Cloud's own month of 24 x 30 hours.
pub const DEFAULT_HOURS: Decimal = Decimal::from_parts(720, 0, 0, false, 0);

/// What an estimate is made for.
#[derive(Clone, Debug)]
pub struct Options {
    hours: Decimal,
    date: NaiveDate,
    sites: BTreeMap<AccountId, Site>,
}

/// The number of hours is not one of a month.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not a number of hours of a month (above 0, at most 744)")]
pub struct HoursError(Decimal);

impl Options {
    /// 720 hours, with the prices of a day, for accounts of these sites. Nothing of an account without site is priced.
    pub fn new(date: NaiveDate, sites: BTreeMap<AccountId, Site>) -> Self {
        Self {
            hours: DEFAULT_HOURS,
            date,
            sites,
        }
    }

    /// Another number of hours.
    ///
    /// # Errors
    /// When no month has that many.
    pub fn with_hours(mut self, hours: Decimal) -> Result<Self, HoursError> {
        if hours <= Decimal::ZERO || hours > Decimal::from(744) {
            return Err(HoursError(hours));
        }
        self.hours = hours;
        Ok(self)
    }
}

/// A resource with its charges.
#[derive(Clone, Debug)]
pub struct Charged<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// What its type says is billed for it.
    pub charges: Vec<Charge>,
}

/// How many lines came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Lines with an amount.
    pub priced: usize,
    /// Lines that cost nothing.
    pub free: usize,
    /// Lines billed by use that was not observed.
    pub usage: usize,
    /// Lines whose price or quantity is not known.
    pub unknown: usize,
}

/// Sums of lines, one per currency, and what they leave out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Total {
    /// Exact sums of the priced lines.
    pub sums: Sums,
    /// All lines.
    pub lines: Counts,
}

impl Total {
    /// Whether the sums leave something out that costs money or may.
    pub fn is_at_least(&self) -> bool {
        self.lines.unknown > 0 || self.lines.usage > 0
    }

    /// Adds a line.
    pub fn add(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Priced { monthly, .. } => {
                self.lines.priced += 1;
                self.sums.add(*monthly);
            }
            Outcome::Free { .. } => self.lines.free += 1,
            Outcome::Usage { .. } => self.lines.usage += 1,
            Outcome::Unknown { .. } => self.lines.unknown += 1,
        }
    }
}

/// What an inventory costs a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Estimate {
    /// Hours of the month.
    #[serde(with = "rust_decimal::serde::str")]
    pub hours: Decimal,
    /// Day whose prices were taken.
    pub date: NaiveDate,
    /// One line per charge, by account, region, type, id.
    pub lines: Vec<Line>,
    /// Sums of all lines.
    pub total: Total,
    /// Sums by product.
    pub by_product: BTreeMap<String, Total>,
    /// Sums by cluster.
    pub by_holder: Vec<(Holder, Total)>,
}

/// Prices charges. The same resources give the same lines, in whatever order they come.
pub fn estimate<'a>(
    book: &PriceBook,
    resources: impl IntoIterator<Item = Charged<'a>>,
    options: &Options,
) -> Estimate {
    let mut resources: Vec<Charged<'a>> = resources.into_iter().collect();
    resources.sort_by(|a, b| a.resource.id.cmp(&b.resource.id));
    let mut pricer = Pricer {
        book,
        options,
        spent: BTreeMap::new(),
    };
    let mut lines = Vec::new();
    for Charged { resource, charges } in &resources {
        if charges.is_empty() && resource.charge_type != ChargeType::Free {
            let outcome = Outcome::unknown(
                "billing_not_modelled",
                Said::new(
                    "what is billed for it is not modelled",
                    "yunsweep 尚不了解它如何计费",
                ),
            );
            lines.push(line(
                resource,
                resource.id.type_id.product(),
                "",
                BTreeMap::new(),
                outcome,
                Vec::new(),
            ));
        }
        for charge in charges {
            let (outcome, assumptions) = pricer.price(resource, charge);
            let is_at_most = charge.is_at_most && outcome.monthly().is_some();
            lines.push(Line {
                is_at_most,
                ..line(
                    resource,
                    &charge.product,
                    &charge.item,
                    charge.specification.clone(),
                    outcome,
                    assumptions,
                )
            });
        }
    }
    let mut total = Total::default();
    let mut by_product: BTreeMap<String, Total> = BTreeMap::new();
    let mut by_holder: BTreeMap<Holder, Total> = BTreeMap::new();
    for line in &lines {
        total.add(&line.outcome);
        by_product
            .entry(line.product.clone())
            .or_default()
            .add(&line.outcome);
        by_holder
            .entry(line.holder.clone())
            .or_default()
            .add(&line.outcome);
    }
    Estimate {
        hours: options.hours,
        date: options.date,
        lines,
        total,
        by_product,
        by_holder: by_holder.into_iter().collect(),
    }
}

fn line(
    resource: &Resource,
    product: &str,
    item: &str,
    specification: BTreeMap<String, String>,
    outcome: Outcome,
    assumptions: Vec<Said>,
) -> Line {
    Line {
        resource: resource.id.clone(),
        name: resource.name.clone(),
        charge_type: resource.charge_type,
        holder: holder(resource),
        product: product.to_owned(),
        item: item.to_owned(),
        specification,
        outcome,
        is_at_most: false,
        assumptions,
    }
}

fn holder(resource: &Resource) -> Holder {
    match &resource.owner {
        None => Holder::Unknown,
        // A hint is enough to look closer, not to put money on a cluster's account or to take it off.
        Some(owner) if owner.confidence == Confidence::Hint => Holder::Unknown,
        Some(owner) => match (&owner.cluster, owner.kind) {
            (Some(cluster), _) => Holder::Cluster(cluster.clone()),
            (None, OwnerKind::None | OwnerKind::Resource) => Holder::NoCluster,
            // Of a cluster, and it is not known which.
            (None, _) => Holder::Unknown,
        },
    }
}

struct Pricer<'a> {
    book: &'a PriceBook,
    options: &'a Options,
    /// Free quota already spent, by account and number of the quota.
    spent: BTreeMap<(AccountId, usize), Decimal>,
}

/// How a charge is paid, as far as prices differ.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Payment {
    ByTheHour,
    Term,
    Market,
}

impl Pricer<'_> {
    fn price(&mut self, resource: &Resource, charge: &Charge) -> (Outcome, Vec<Said>) {
        let mut assumptions = charge.assumptions.clone();
        let outcome = match &charge.kind {
            ChargeKind::Free(reason) => Outcome::Free {
                reason: reason.clone(),
                price: Vec::new(),
            },
            ChargeKind::Unknown(reason) => Outcome::unknown("charge_unknown", reason.clone()),
            ChargeKind::Billed => match payment(resource, charge) {
                Ok(payment) => self.price_billed(resource, charge, payment, &mut assumptions),
                Err(outcome) => outcome,
            },
        };
        (outcome, assumptions)
    }

    fn price_billed(
        &mut self,
        resource: &Resource,
        charge: &Charge,
        payment: Payment,
        assumptions: &mut Vec<Said>,
    ) -> Outcome {
        let Some(site) = self.options.sites.get(&resource.id.account).copied() else {
            return Outcome::unknown_until(
                "site_unknown",
                Said::new(
                    "it is not known whether the account is on the China or the international site, which have different price lists",
                    "不知道账号属于中国站还是国际站，两者的价格不同",
                ),
                Said::new("name the site with --site", "用 --site 指定站点"),
            );
        };
        let item = match payment {
            Payment::ByTheHour => charge.item.clone(),
            Payment::Term => format!("{}_subscription", charge.item),
            Payment::Market => format!("{}_spot", charge.item),
        };
        let query = Query {
            site,
            region: resource.id.region.as_str(),
            product: &charge.product,
            item: &item,
            specification: &charge.specification,
            date: self.options.date,
        };
        let found = match (self.book.look_up(&query), payment) {
            (Lookup::Found(found), _) => found,
            (Lookup::Missing(_), Payment::Term) => {
                return Outcome::unknown_until(
                    "subscription",
                    Said::new(
                        "paid ahead for a term; what was paid is not in the price book",
                        "包年包月，已预先付费；价格表中没有实际支付的金额",
                    ),
                    Said::new(
                        "the bill has it: QueryInstanceBill, DescribeInstanceAmortizedCostByConsumePeriod",
                        "请查看账单：QueryInstanceBill、DescribeInstanceAmortizedCostByConsumePeriod",
                    ),
                );
            }
            (Lookup::Missing(_), Payment::Market) => {
                return Outcome::unknown_until(
                    "spot",
                    Said::new(
                        "a spot instance is billed at the market price of its zone, which changes by the hour and is not in the price book",
                        "抢占式实例按其可用区的市场价计费，市场价每小时变化，不在价格表中",
                    ),
                    Said::new(
                        "ecs DescribeSpotPriceHistory gives the market price",
                        "市场价可通过 ecs DescribeSpotPriceHistory 查询",
                    ),
                );
            }
            (Lookup::Missing(missing), Payment::ByTheHour) => {
                return Outcome::unknown_until(
                    missing.reason.code(),
                    missing.said(),
                    Said::new("see the product's price page", "请查看该产品的价格页面"),
                );
            }
        };
        let price: Vec<PriceRow> = found
            .tiers
            .iter()
            .map(|row| PriceRow::new(row, self.book))
            .collect();
        for note in price.iter().filter_map(|row| row.note.as_ref()) {
            if !assumptions.contains(note) {
                assumptions.push(note.clone());
            }
        }
        let count = match &charge.quantity {
            Quantity::Known(count) => *count,
            Quantity::Usage(decides) => {
                let disputed = found
                    .disputed
                    .iter()
                    .map(|row| self.alternative(row, None))
                    .collect();
                return Outcome::Usage {
                    decides: decides.clone(),
                    price,
                    disputed,
                };
            }
            Quantity::Unreadable(reason) => {
                return Outcome::unknown("quantity_unreadable", reason.clone());
            }
        };
        match unit_problem(&found, charge) {
            Ok(fit) => assumptions.extend((fit == Fit::GigabyteAsGibibyte).then(|| {
                Said::new(
                    "GB and GiB are counted one for one, as Alibaba Cloud's billing examples do",
                    "GB 与 GiB 按一比一计算，与阿里云的计费示例一致",
                )
            })),
            Err(outcome) => return outcome,
        }
        if payment == Payment::Term {
            assumptions.push(Said::new(
                "the list price of one month, not what was paid: longer terms have discounts",
                "一个月的目录价，并非实际支付金额：更长的购买时长有折扣",
            ));
        }
        self.amount(resource, &query, &found, price, count, payment, assumptions)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the last step of one computation, split off for its length"
    )]
    fn amount(
        &mut self,
        resource: &Resource,
        query: &Query<'_>,
        found: &Found<'_>,
        price: Vec<PriceRow>,
        count: Decimal,
        payment: Payment,
        assumptions: &mut Vec<Said>,
    ) -> Outcome {
        let quota = (payment == Payment::ByTheHour)
            .then(|| self.quota(&resource.id.account, query, found))
            .flatten();
        let quantity = amount::Quantity {
            count,
            hours: self.options.hours,
            is_term: payment == Payment::Term,
            free: quota.as_ref().map_or(Decimal::ZERO, |quota| quota.left),
        };
        let Some(Amount {
            value,
            formula,
            spent,
        }) = amount::monthly(&found.tiers, quantity).filter(|_| count >= Decimal::ZERO)
        else {
            return Outcome::unknown(
                "quantity_implausible",
                Said::made(
                    format!("the quantity {count} is beyond reason"),
                    format!("数量 {count} 不合常理"),
                ),
            );
        };
        if let Some(quota) = quota.filter(|_| spent > Decimal::ZERO) {
            *self.spent.entry(quota.key).or_default() += spent;
            assumptions.push(quota.words);
            if value.is_zero() {
                return Outcome::Free {
                    reason: Said::made(
                        format!("within the free quota: {}", formula.en()),
                        format!("在免费额度之内：{}", formula.zh()),
                    ),
                    price,
                };
            }
        }
        if let [row] = found.tiers.as_slice()
            && row.price.is_zero()
        {
            let reason = self
                .book
                .note(&row.note)
                .unwrap_or(Said::new("the price list says 0", "价格表中的价格为 0"));
            assumptions.retain(|assumption| *assumption != reason);
            return Outcome::Free { reason, price };
        }
        let disputed = found
            .disputed
            .iter()
            .map(|row| self.alternative(row, Some(quantity)))
            .collect();
        let currency = found
            .tiers
            .first()
            .map_or(query.site.currency(), |row| row.currency);
        Outcome::Priced {
            monthly: Money::new(value, currency),
            formula,
            price,
            confirmed_by: found
                .confirms
                .iter()
                .map(|row| PriceRow::new(row, self.book))
                .collect(),
            disputed,
        }
    }

    fn alternative(&self, row: &Row, quantity: Option<amount::Quantity>) -> Alternative {
        // A single tier says nothing about the whole quantity.
        let whole = quantity.filter(|_| row.tier_from.is_zero() && row.tier_to.is_none());
        let amount = whole.and_then(|quantity| amount::monthly(&[row], quantity));
        Alternative {
            row: PriceRow::new(row, self.book),
            monthly: amount.map(|amount| Money::new(amount.value, row.currency)),
        }
    }

    /// What is left of a free quota that covers the charge.
    fn quota(
        &self,
        account: &AccountId,
        query: &Query<'_>,
        found: &Found<'_>,
    ) -> Option<QuotaLeft> {
        let unit = found.tiers.first()?.unit;
        let (number, quota) = self
            .book
            .quotas()
            .ok()?
            .iter()
            .enumerate()
            .find(|(_, quota)| quota.unit == unit && quota.covers(query))?;
        let key = (account.clone(), number);
        let spent = self.spent.get(&key).copied().unwrap_or_default();
        Some(QuotaLeft {
            left: (quota.quantity - spent).max(Decimal::ZERO),
            words: quota_words(quota, self.book),
            key,
        })
    }
}

struct QuotaLeft {
    left: Decimal,
    words: Said,
    key: (AccountId, usize),
}

/// `31 shard-day are free: ...`
fn quota_words(quota: &Quota, book: &PriceBook) -> Said {
    let quantity = quota.quantity.normalize();
    let unit = quota.unit.short();
    let free = Said::made(
        format!("{quantity} {} are free", unit.en()),
        format!("{quantity} {} 免费", unit.zh()),
    );
    match book.note(&quota.note) {
        Some(note) => Said::made(
            format!("{}: {}", free.en(), note.en()),
            format!("{}：{}", free.zh(), note.zh()),
        ),
        None => free,
    }
}

fn payment(resource: &Resource, charge: &Charge) -> Result<Payment, Outcome> {
    match resource.charge_type {
        ChargeType::PayAsYouGo => Ok(Payment::ByTheHour),
        // Traffic and the like are billed by use, also for what is paid ahead.
        ChargeType::Subscription if charge.per == Per::Use => Ok(Payment::ByTheHour),
        ChargeType::Subscription => Ok(Payment::Term),
        // Only the instance type has a market price; its disks and bandwidth are billed as usual.
        ChargeType::Spot if charge.item == "instance" => Ok(Payment::Market),
        ChargeType::Spot => Ok(Payment::ByTheHour),
        ChargeType::Free => Err(Outcome::unknown(
            "charge_contradictory",
            Said::new(
                "the resource is said to be free, and this item to be billed",
                "资源标明免费，而这一项标明收费",
            ),
        )),
        ChargeType::Unknown => Err(Outcome::unknown(
            "charge_type_unknown",
            Said::new(
                "the answer does not say how it is paid for (by the hour, or ahead for a term)",
                "返回结果没有说明付费方式（按量付费还是包年包月）",
            ),
        )),
    }
}

/// Whether the price's unit fits what the charge counts.
fn unit_problem(found: &Found<'_>, charge: &Charge) -> Result<Fit, Outcome> {
    let Some(unit) = found.tiers.first().map(|row| row.unit) else {
        return Ok(Fit::Same);
    };
    let fit = unit.fits(&charge.unit);
    let by_use = charge.per == Per::Use;
    if fit == Fit::Different || by_use != (unit.period == Period::Use) {
        let (price, counted, per) = (unit.said(), &charge.unit, charge.per);
        return Err(Outcome::unknown_until(
            "unit_mismatch",
            Said::made(
                format!(
                    "the price is {} and the charge counts {counted} {per:?}",
                    price.en()
                ),
                format!(
                    "价格的单位为{}，而计费项的单位为 {counted} {per:?}",
                    price.zh()
                ),
            ),
            Said::new(
                "please report this: charge and price table disagree",
                "请反馈：计费项与价格表不一致",
            ),
        ));
    }
    Ok(fit)
}
