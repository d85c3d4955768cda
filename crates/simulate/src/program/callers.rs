//! Who makes each call: what stands in its way is kept for each replica of its caller, so that a call has one caller.

use super::{ComponentId, Program, ProgramError, Step};

/// A caller: a component, or the users.
type Caller = Option<ComponentId>;

impl Program {
    /// The component that makes each call; `None` are users, and calls that nobody makes.
    pub(crate) fn callers(&self) -> Vec<Option<ComponentId>> {
        let mut callers = vec![None; self.calls.len()];
        self.each_call(&mut |call, caller| callers[call] = caller);
        callers
    }

    /// Checks that no call is made by two.
    pub(super) fn check_callers(&self) -> Result<(), ProgramError> {
        let mut callers: Vec<Option<Caller>> = vec![None; self.calls.len()];
        let mut twice = None;
        self.each_call(&mut |call, caller| match callers[call] {
            Some(known) if known != caller => twice = twice.or(Some(call)),
            _ => callers[call] = Some(caller),
        });
        let what = "two components make the same call; give each a call of its own";
        twice.map_or(Ok(()), |index| Err(ProgramError { array: "calls", index, what }))
    }

    /// Visits every call in the code with who makes it.
    fn each_call(&self, each: &mut dyn FnMut(usize, Caller)) {
        for operation in &self.operations {
            self.visit(&operation.steps, Some(operation.component), 0, each);
        }
        for journey in &self.journeys {
            self.visit(&journey.steps, None, 0, each);
        }
    }

    /// A fallback that asks itself again would be code without end: `depth` stops at as many calls as there are.
    fn visit(&self, steps: &[Step], caller: Caller, depth: usize, each: &mut dyn FnMut(usize, Caller)) {
        for step in steps {
            match step {
                Step::Call(call) => {
                    each(call.index(), caller);
                    if depth <= self.calls.len() {
                        self.visit(&self.calls[call.index()].fallback, caller, depth + 1, each);
                    }
                }
                Step::Lock { does, .. } => self.visit(does, caller, depth, each),
                Step::Look(look) => self.visit(&look.on_miss, caller, depth, each),
                Step::Branch(ways) => ways.iter().for_each(|way| self.visit(&way.does, caller, depth, each)),
                Step::Fork { branches, .. } => {
                    branches.iter().for_each(|branch| self.visit(branch, caller, depth, each));
                }
                _ => {}
            }
        }
    }

    /// Checks that no call falls back on itself.
    pub(super) fn check_fallbacks(&self) -> Result<(), ProgramError> {
        for index in 0..self.calls.len() {
            if self.falls_back_on(index, &self.calls[index].fallback, 0) {
                return Err(ProgramError { array: "calls", index, what: "it falls back on itself" });
            }
        }
        Ok(())
    }

    fn falls_back_on(&self, wanted: usize, steps: &[Step], depth: usize) -> bool {
        depth > self.calls.len()
            || steps.iter().any(|step| match step {
                Step::Call(call) => {
                    call.index() == wanted || self.falls_back_on(wanted, &self.calls[call.index()].fallback, depth + 1)
                }
                Step::Lock { does, .. } => self.falls_back_on(wanted, does, depth),
                Step::Look(look) => self.falls_back_on(wanted, &look.on_miss, depth),
                Step::Branch(ways) => ways.iter().any(|way| self.falls_back_on(wanted, &way.does, depth)),
                Step::Fork { branches, .. } => branches.iter().any(|b| self.falls_back_on(wanted, b, depth)),
                _ => false,
            })
    }
}
