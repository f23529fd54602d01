package io.kappa.asyncqueue.shard;

import io.kappa.asyncqueue.event.ActionProgress;
import io.kappa.asyncqueue.event.PendingEvent;
import io.kappa.asyncqueue.event.QueueAction;
import io.kappa.asyncqueue.policy.EventPolicies;
import io.kappa.asyncqueue.schedule.Schedule;
import io.kappa.contracts.invocation.Ending;
import io.kappa.contracts.invocation.InvocationTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shard's part in what operators do. What concerns many events is done in parts, each in a transaction that notes how far it has come, so
 * that the shard goes on with everything else, and after a crash with this.
 */
final class OperatorActions {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorActions.class);
    private static final long KEPT_MILLIS = Duration.ofDays(7).toMillis();

    /** How many events are looked at in one part. */
    private static final int PART = 500;

    private final ShardState state;
    private final Schedule<InvocationTarget> schedule;
    private final EventPolicies policies;
    private final Host host;
    private final Map<String, ActionProgress> open = new LinkedHashMap<>();

    /** The shard. */
    interface Host {
        void perform(Step step);

        void schedule(PendingEvent event);
    }

    OperatorActions(ShardState state, Schedule<InvocationTarget> schedule, EventPolicies policies, Host host) {
        this.state = state;
        this.schedule = schedule;
        this.policies = policies;
        this.host = host;
        state.forEachHold(schedule::hold);
        state.forEachAction(progress -> {
            if (progress.finished() == null) {
                open.put(progress.action().id(), progress);
            }
        });
    }

    /** Begins an action, and does as much of it as is done in one go. One that was begun before is left alone. */
    void begin(QueueAction action, long now) {
        if (state.action(action.id()).isPresent()) {
            return;
        }
        LOG.atInfo()
                .addKeyValue("action", action.id())
                .addKeyValue("kind", action.kind())
                .addKeyValue("function", action.selection().target())
                .addKeyValue("by", action.by())
                .log("an operator acts on the queue");
        var begun = ActionProgress.begun(action);
        switch (action.kind()) {
            case HOLD, RELEASE -> {
                hold(action);
                host.perform(new Step.ActionStands(begun.done(0, now)));
            }
            case CANCEL, RUN_NOW -> {
                host.perform(new Step.ActionStands(begun));
                goOn(begun, now);
            }
        }
    }

    private void hold(QueueAction action) {
        var target = action.selection().target();
        if (target == null) {
            return; // The API does not let it pass.
        }
        if (action.kind() == QueueAction.Kind.HOLD) {
            state.hold(action, target);
            schedule.hold(target);
        } else {
            state.release(target);
            schedule.release(target);
        }
    }

    /** Does the next part of what is not finished; whether any of it is now. */
    boolean goOn(long now) {
        int before = open.size();
        List.copyOf(open.values()).forEach(progress -> goOn(progress, now));
        return open.size() < before;
    }

    private void goOn(ActionProgress progress, long now) {
        var action = progress.action();
        var target = action.selection().target();
        var part = state.part(target, progress.cursor(), PART, action.selection()::selects);
        part.selected().forEach(event -> host.perform(step(action, event, now)));
        int more = part.selected().size();
        var next = part.cursor() == null ? progress.done(more, now) : progress.further(part.cursor(), more);
        host.perform(new Step.ActionStands(next));
        if (next.finished() == null) {
            open.put(action.id(), next);
        } else {
            open.remove(action.id());
            scheduleAnew(target);
        }
    }

    private Step step(QueueAction action, PendingEvent event, long now) {
        return action.kind() == QueueAction.Kind.CANCEL
                ? new Step.Ends(event, Ending.CANCELLED, policies.of(event.target()), now, action.id())
                : new Step.Waits(event.dueAt(now));
    }

    /** What was cancelled would stand in the schedule until it is due; the figures should not show it so long. */
    private void scheduleAnew(@Nullable InvocationTarget target) {
        if (target == null) {
            schedule.queues().forEach(schedule::clear);
            state.forEachEvent(host::schedule);
        } else {
            schedule.clear(target);
            state.forEachEvent(target, host::schedule);
        }
    }

    void forgetOld(long now) {
        var old = new ArrayList<ActionProgress>();
        state.forEachAction(progress -> {
            var finished = progress.finished();
            if (finished != null && finished + KEPT_MILLIS < now) {
                old.add(progress);
            }
        });
        old.forEach(state::forget);
    }
}
