//! Operations: stated ones with their steps, inferred ones with assumed work and the calls of their component.

use plimsoll_model::behaviour::WorkId;
use plimsoll_model::behaviour::work::{Deadline as Said, Doing, LateWork as Late};
use plimsoll_model::{self as model, ComponentKind, EvidenceId};

use super::Compiler;
use super::component::rank;
use super::name::{Name, key};
use crate::assumptions::{Assumption, Value};
use crate::program::{ComponentId, Deadline, LateWork, Operation, OperationId, Step};

impl<'m> Compiler<'m> {
    /// The operation of a stated work, made when it is first reached.
    pub(super) fn operation(&mut self, id: WorkId) -> OperationId {
        if let Some(known) = self.works.get(&id) {
            return *known;
        }
        let work = self.model.behaviour.work(id);
        let word = self.model.behaviour.work_name(id, self.model);
        let component = self.component(work.component);
        let ours = self.new_operation(component, &word, Some(work.evidence));
        self.works.insert(id, ours);
        let says = |key: fn(&Doing) -> Option<&_>| work.says.along(&self.lineage, key);
        let fails = work.says.along(&self.lineage, |d| d.fails.as_ref()).map_or(0.0, |claim| claim.value.fraction());
        let deadline = work.says.along(&self.lineage, |d| d.deadline.as_ref()).map(|claim| claim.value);
        let priority = work.says.along(&self.lineage, |d| d.priority.as_ref()).map(|claim| rank(claim.value.0));
        let late = says(|d| d.late_work.as_ref()).map(|claim| claim.value);
        let late = self.late_work(late);
        let steps = match work.says.along(&self.lineage, |d| d.does.as_ref()) {
            Some(does) => self.steps(Some(work.component), does, &word),
            None => self.guess(work.component, &word),
        };
        let row = &mut self.program.operations[ours.index()];
        row.steps = steps;
        row.fails = fails;
        row.rank = priority;
        row.late_work = late;
        row.deadline = match deadline {
            Some(Said::HandedOn) => Deadline::HandedOn,
            Some(Said::Ignored) | None => Deadline::Ignored,
        };
        ours
    }

    fn late_work(&mut self, said: Option<Late>) -> LateWork {
        let stops = match said {
            Some(said) => said == Late::Stops,
            None => self.ledger.take(Assumption::LateWork, "") == Value::Word(Late::Stops.word()),
        };
        if stops { LateWork::Stops } else { LateWork::RunsOn }
    }

    /// An empty operation with its name, to be filled: steps may lead back to it.
    pub(super) fn new_operation(
        &mut self,
        component: ComponentId,
        word: &str,
        evidence: Option<EvidenceId>,
    ) -> OperationId {
        self.names.operations.push(Name::new(word, evidence));
        self.program.add_operation(Operation::new(component, key(word), Vec::new()))
    }

    /// What a component as a whole does when it is asked something of which nothing is known.
    pub(super) fn whole(&mut self, id: model::ComponentId) -> OperationId {
        if let Some(known) = self.whole.get(&id) {
            return *known;
        }
        let word = self.model.component(id).id.clone();
        let component = self.component(id);
        let ours = self.new_operation(component, &word, None);
        self.whole.insert(id, ours);
        let late = self.late_work(None);
        let steps = self.guess(id, &word);
        let row = &mut self.program.operations[ours.index()];
        (row.steps, row.late_work) = (steps, late);
        ours
    }

    /// Assumed work, then each call that the component is known to make and waits for.
    fn guess(&mut self, id: model::ComponentId, word: &str) -> Vec<Step> {
        let what = format!("{word} work");
        let mut steps = vec![match self.model.component(id).kind {
            ComponentKind::External => {
                let hold = self.assumed(Assumption::DefaultExternalTime, word, &what);
                Step::hold(hold)
            }
            kind => {
                let time = match kind {
                    ComponentKind::Store | ComponentKind::Cache => Assumption::DefaultQueryTime,
                    _ => Assumption::DefaultServiceTime,
                };
                let cpu = self.assumed(time, word, &what);
                self.spends(id);
                Step::cpu(cpu)
            }
        }];
        self.inferring.push(id);
        steps.extend(self.known_calls(id));
        self.inferring.pop();
        steps
    }

    /// Notes that an operation of the component spends CPU.
    pub(super) fn spends(&mut self, id: model::ComponentId) {
        let component = self.component(id);
        self.hosts[component.index()].spends = true;
    }
}
