//! Handing out addresses, none of them twice.

use crate::address::{Address, Prefix};
use crate::rng::Rng;

/// IPv4 addresses of one provider, handed out in rising order with gaps.
#[derive(Debug, Clone)]
struct Pool {
    prefixes: Vec<Prefix>,
    /// Which prefix is in use, and how much of it is spent.
    current: usize,
    spent: u128,
}

impl Pool {
    fn new(prefixes: &[Prefix]) -> Self {
        Self {
            prefixes: prefixes.to_vec(),
            current: 0,
            spent: 0,
        }
    }

    /// The next address after a small gap, not ending in 0 or 255. The last prefix of a pool is large
    /// enough for any world; were it ever spent, it would begin anew.
    fn next(&mut self, rng: &mut Rng) -> Address {
        loop {
            let prefix = self.prefixes[self.current];
            self.spent += 1 + rng.below(5) as u128;
            if self.spent >= prefix.size() {
                self.spent = 0;
                self.current = (self.current + 1).min(self.prefixes.len() - 1);
                continue;
            }
            let address = Address(prefix.first().0 + self.spent);
            if !matches!(address.0 & 0xff, 0 | 255) {
                return address;
            }
        }
    }
}

/// Whose addresses are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Holder {
    /// Providers of the countries of the sites.
    Xa,
    Xb,
    Xc,
    /// The neighbour's provider, which also serves sites in XA.
    Xt,
    /// Services that hide where a user is.
    Vpn,
    /// Homes and telephones far away from any site.
    Elsewhere,
    /// Ships and buoys: the telemetry away from the sites.
    Marine,
    /// A carrier that puts many customers behind one address.
    Carrier,
    /// A satellite service, not one that carries a VPN service.
    Satellite,
}

/// IPv6 networks of one provider, each a /64, handed out in rising order with gaps.
#[derive(Debug, Clone)]
struct NetworkPool {
    prefix: Prefix,
    spent: u64,
}

/// The pools of all holders.
#[derive(Debug, Clone)]
pub(crate) struct Pools {
    v4: Vec<Pool>,
    v6: Vec<NetworkPool>,
}

impl Pools {
    pub(crate) fn new() -> Self {
        let v6 = |group: u16| NetworkPool {
            prefix: Prefix::v6([0x2001, 0xdb8, group, 0], 36),
            spent: 0,
        };
        Self {
            v4: vec![
                Pool::new(&[Prefix::v4(192, 0, 2, 0, 25), Prefix::v4(240, 20, 0, 0, 16)]),
                Pool::new(&[Prefix::v4(198, 51, 100, 0, 24), Prefix::v4(240, 32, 0, 0, 15)]),
                Pool::new(&[Prefix::v4(203, 0, 113, 0, 25), Prefix::v4(240, 44, 0, 0, 15)]),
                Pool::new(&[Prefix::v4(240, 10, 0, 0, 16), Prefix::v4(240, 11, 0, 0, 16)]),
                Pool::new(&[Prefix::v4(192, 0, 2, 128, 26), Prefix::v4(240, 70, 16, 0, 22)]),
                Pool::new(&[Prefix::v4(241, 0, 0, 0, 12)]),
                Pool::new(&[Prefix::v4(203, 0, 113, 128, 25), Prefix::v4(244, 0, 0, 0, 12)]),
                Pool::new(&[Prefix::v4(245, 0, 0, 0, 12)]),
                Pool::new(&[Prefix::v4(240, 60, 0, 0, 16)]),
            ],
            v6: [
                0x2000, 0x3000, 0x4000, 0x1000, 0x7000, 0x8000, 0x9000, 0xa000, 0x6000,
            ]
            .map(v6)
            .to_vec(),
        }
    }

    /// A fresh IPv4 address that does not end in 0 or 255.
    pub(crate) fn v4(&mut self, holder: Holder, rng: &mut Rng) -> Address {
        self.v4[holder as usize].next(rng)
    }

    /// A fresh IPv6 address in a /64 of its own.
    pub(crate) fn v6(&mut self, holder: Holder, rng: &mut Rng) -> Address {
        let pool = &mut self.v6[holder as usize];
        pool.spent += 1 + rng.below(9) as u64;
        let host = rng.next() >> 16 | 1 << 40;
        Address(pool.prefix.first().0 + (u128::from(pool.spent) << 64) + u128::from(host))
    }
}
