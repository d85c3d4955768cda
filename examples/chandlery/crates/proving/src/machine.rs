//! How busy the machine is, from `/proc/stat`: a measurement on a busy machine says nothing, and has to say so.

use std::fs;

/// Jiffies since boot over all cores: what was worked, and all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CpuTimes {
    busy: u64,
    all: u64,
}

impl CpuTimes {
    /// As of now; `None` where there is no `/proc/stat` to read.
    pub fn now() -> Option<Self> {
        Self::parse(&fs::read_to_string("/proc/stat").ok()?)
    }

    /// From the text of `/proc/stat`. Source: proc_stat(5). Waiting for a disk is idle time; `guest` is in `user` already.
    ///
    /// `nice` is not busy: work of low priority (a build at `nice -n 19`) gives way to whoever is measured. What the system
    /// does on its behalf cannot be told apart and counts, so that a run is rather void than wrongly counted.
    fn parse(text: &str) -> Option<Self> {
        let line = text.lines().find_map(|line| line.strip_prefix("cpu "))?;
        let fields: Vec<u64> = line.split_whitespace().take(8).map_while(|field| field.parse().ok()).collect();
        let [user, nice, system, idle, io_wait, irq, soft_irq, steal] = fields.try_into().ok()?;
        let busy = user + system + irq + soft_irq + steal;
        Some(Self { busy, all: busy + nice + idle + io_wait })
    }

    /// The share of all cores that was busy since `before`, 0 to 1; 0 where no time has passed.
    pub fn busy_since(self, before: Self) -> f64 {
        let all = self.all.saturating_sub(before.all);
        if all == 0 { 0.0 } else { self.busy.saturating_sub(before.busy) as f64 / all as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_for_a_disk_and_work_that_gives_way_are_idle_and_stolen_time_is_busy() {
        let at = |text: &str| CpuTimes::parse(text).unwrap();
        let before = at("cpu  100 0 0 100 0 0 0 0 0 0\ncpu0 1 2 3\n");
        let after = at("cpu  120 5 5 150 10 0 0 10 99 0\n");
        assert_eq!(after.busy_since(before), 0.35);
        assert_eq!(before.busy_since(before), 0.0);
    }

    #[test]
    fn what_is_no_proc_stat_is_none() {
        assert_eq!(CpuTimes::parse("intr 1 2 3\n"), None);
        assert_eq!(CpuTimes::parse("cpu  1 2 3\n"), None);
    }
}
