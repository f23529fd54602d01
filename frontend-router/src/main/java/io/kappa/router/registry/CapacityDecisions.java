package io.kappa.router.registry;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.registry.ProvisionedConcurrencyRecord;
import io.kappa.contracts.registry.ScalableTargetRecord;
import io.kappa.contracts.registry.ScalingActivitiesRecord;
import io.kappa.contracts.registry.ScalingActivitiesRecord.Activity;
import io.kappa.contracts.registry.ScalingActivitiesRecord.Status;
import io.kappa.router.registry.RegistryCommand.DeleteProvisionedConcurrency;
import io.kappa.router.registry.RegistryCommand.PutProvisionedConcurrency;
import io.kappa.router.registry.RegistryDecisions.Refusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Decides what scaling makes of provisioned concurrency. The decision is the same as when somebody asks for it through the API, so what is
 * refused there is refused here, and becomes an activity that failed.
 */
final class CapacityDecisions {
    private final RegistryState state;
    private final ProvisionedDecisions provisioned;
    private final Supplier<String> ids;

    CapacityDecisions(RegistryState state, ProvisionedDecisions provisioned, Supplier<String> ids) {
        this.state = state;
        this.provisioned = provisioned;
        this.ids = ids;
    }

    /** What is asked for now: how many execution environments, 0 where nothing is provisioned. */
    int current(FunctionArn function, String qualifier) {
        return state.provisioned(function, qualifier)
                .map(ProvisionedConcurrencyRecord::requested)
                .orElse(0);
    }

    /** Begins to note what is done with a target. */
    Log log(ScalableTargetRecord target, Instant now) {
        return new Log(target, now);
    }

    /** Changes of one target, and what is to be told of them. */
    final class Log {
        private final ScalableTargetRecord target;
        private final Instant now;
        private final List<Change> changes = new ArrayList<>();
        private final ScalingActivitiesRecord before;
        private ScalingActivitiesRecord activities;

        private Log(ScalableTargetRecord target, Instant now) {
            this.target = target;
            this.now = now;
            this.before = state.scalingActivities(target.function(), target.qualifier());
            this.activities = before;
        }

        void succeeded(String description, String cause, String message) {
            note(description, cause, Status.Successful, message);
        }

        void failed(String description, String cause, String message) {
            note(description, cause, Status.Failed, message);
        }

        private void note(String description, String cause, Status status, String message) {
            if (status == Status.Failed && isLast(description, message)) {
                return; // What fails every minute is told once.
            }
            activities = activities.with(
                    new Activity(ids.get(), activities.next(), description, cause, now, status, message));
        }

        private boolean isLast(String description, String message) {
            if (activities.activities().isEmpty()) {
                return false;
            }
            var last = activities.activities().getLast();
            return last.description().equals(description) && last.message().equals(message);
        }

        /**
         * Sets the capacity.
         *
         * @param wanted execution environments; with 0 nothing is provisioned any more
         * @return whether it was not refused
         */
        boolean set(int wanted, String cause) {
            var description = "Setting provisioned concurrency to " + wanted + ".";
            var function = target.function();
            var qualifier = target.qualifier();
            try {
                var outcome = wanted == 0
                        ? provisioned.delete(new DeleteProvisionedConcurrency(function, qualifier))
                        : provisioned.put(new PutProvisionedConcurrency(function, qualifier, wanted), now);
                changes.addAll(outcome.changes());
            } catch (Refusal refusal) {
                failed(
                        description,
                        cause,
                        "Failed to set provisioned concurrency to " + wanted + ". Reason: " + refusal.getMessage());
                return false;
            }
            succeeded(description, cause, "Successfully set provisioned concurrency to " + wanted + ".");
            return true;
        }

        /** Brings what is provisioned into the range where it lies outside. */
        void fit(ScalableTargetRecord ranged) {
            int current = current(ranged.function(), ranged.qualifier());
            if (current < ranged.minimum()) {
                set(ranged.minimum(), "minimum capacity was set to " + ranged.minimum());
            } else if (current > ranged.maximum()) {
                set(ranged.maximum(), "maximum capacity was set to " + ranged.maximum());
            }
        }

        /** All changes, with the activities last, where there are new ones. */
        List<Change> changes() {
            if (!activities.equals(before)) {
                changes.add(new Change.Recorded(activities));
            }
            return changes;
        }
    }
}
