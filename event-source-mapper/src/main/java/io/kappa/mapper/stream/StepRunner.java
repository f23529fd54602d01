package io.kappa.mapper.stream;

import io.kappa.contracts.eventsource.MappingReport;
import io.kappa.mapper.checkpoint.Checkpoint;
import io.kappa.mapper.checkpoint.Checkpoints;
import io.kappa.mapper.event.BatchResponse;
import io.kappa.mapper.event.EventForm;
import io.kappa.mapper.invoke.InvokeOutcome;
import io.kappa.mapper.invoke.Invoker;
import io.kappa.mapper.shard.Backoff;
import io.kappa.mapper.shard.CallResult;
import io.kappa.mapper.shard.Step;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what shards want done, tells them what came of it, and goes on with what they want next. On workers, because all of it takes time. */
final class StepRunner {
    private static final Logger LOG = LoggerFactory.getLogger(StepRunner.class);

    private final StreamMapping mapping;
    private final OwnedShards shards;
    private final Checkpoints checkpoints;
    private final Invoker invoker;
    private final StreamHandover handover;
    private final StreamCounts counts;
    private final LastResult lastResult;
    private final Backoff beforeAgain;
    private final Executor workers;

    StepRunner(
            StreamMapping mapping,
            OwnedShards shards,
            Checkpoints checkpoints,
            Invoker invoker,
            StreamHandover handover,
            StreamCounts counts,
            LastResult lastResult,
            Backoff beforeAgain,
            Executor workers) {
        this.mapping = mapping;
        this.shards = shards;
        this.checkpoints = checkpoints;
        this.invoker = invoker;
        this.handover = handover;
        this.counts = counts;
        this.lastResult = lastResult;
        this.beforeAgain = beforeAgain;
        this.workers = workers;
    }

    /** From any thread. Does not block. */
    void run(List<OwnedShards.Begun> steps) {
        steps.forEach(begun -> workers.execute(() -> carefully(() -> run(begun))));
    }

    /** On a worker, which needs not change for what follows from its own news. */
    private void goOn(List<OwnedShards.Begun> steps) {
        if (!steps.isEmpty()) {
            run(steps.subList(1, steps.size()));
            run(steps.getFirst());
        }
    }

    private void run(OwnedShards.Begun begun) {
        switch (begun.step()) {
            case Step.Call call -> call(begun.owned(), call);
            case Step.HandOver givenUp -> handOver(begun.owned(), givenUp);
        }
    }

    private void call(OwnedShard owned, Step.Call call) {
        counts.invoked(owned.name, call.records().size());
        CompletableFuture<InvokeOutcome> outcome;
        try {
            var event = mapping.form().event(call.records(), receiveCounts(call), call.window());
            outcome = invoker.invoke(
                    mapping.record().target(), event, mapping.form().trace(call.records()));
        } catch (RuntimeException | Error e) {
            outcome = CompletableFuture.failedFuture(e);
        }
        // Whatever happens comes back: a lane that hears nothing of its call would stand still for good.
        var _ = outcome.handleAsync(
                (came, failure) -> {
                    carefully(() -> called(owned, call, came == null ? cameToNothing(failure) : result(call, came)));
                    return null;
                },
                workers);
    }

    private void carefully(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            shards.fail(e);
        }
    }

    private static CallResult cameToNothing(Throwable failure) {
        return new CallResult.NotRun(false, "the call came to nothing: " + failure);
    }

    /** A record that is tried again has been received again, as a queue sees it. */
    private static EventForm.ReceiveCounts receiveCounts(Step.Call call) {
        return _ -> call.attempt();
    }

    private CallResult result(Step.Call call, InvokeOutcome outcome) {
        try {
            return switch (outcome) {
                case InvokeOutcome.Answered(var version, var response) -> answered(call, version, response);
                case InvokeOutcome.FunctionFailed(var version, var type, var message) ->
                    new CallResult.Failed(new Step.Failure(version, true, type, message));
                // It would be refused for ever: as with a queue, it counts as an attempt.
                case InvokeOutcome.NotRun(var why, var message)
                when why == InvokeOutcome.Why.LOOP ->
                    new CallResult.Failed(new Step.Failure("", false, why.name(), message));
                case InvokeOutcome.NotRun(var why, var message) ->
                    new CallResult.NotRun(why == InvokeOutcome.Why.THROTTLED, message);
            };
        } catch (RuntimeException e) {
            return cameToNothing(e);
        }
    }

    private CallResult answered(Step.Call call, String version, byte[] response) {
        return switch (mapping.form().read(response, call.records())) {
            case BatchResponse.Succeeded(var state) -> new CallResult.Succeeded(state);
            case BatchResponse.Partly(var failed, var state) ->
                new CallResult.PartlyFailed(
                        failed, state, new Step.Failure(version, false, "", "the function reported failed records"));
            case BatchResponse.Failed(var reason) ->
                new CallResult.Failed(new Step.Failure(version, false, "", reason));
        };
    }

    private void called(OwnedShard owned, Step.Call call, CallResult result) {
        var called = shards.called(owned, call, result);
        if (!owned.lost) {
            tell(owned, call, result, called.settled());
        }
        if (called.checkpoint() == null) {
            goOn(called.next());
        } else {
            run(called.next());
            checkpoint(owned, called.checkpoint());
        }
    }

    private void tell(OwnedShard owned, Step.Call call, CallResult result, int settled) {
        switch (result) {
            case CallResult.Succeeded _ -> lastResult.is(MappingReport.OK);
            case CallResult.NotRun(var _, var message) -> {
                lastResult.is(MappingReport.FUNCTION_CALL_FAILED);
                LOG.atDebug()
                        .addKeyValue("mappingId", mapping.uuid())
                        .addKeyValue("shard", owned.name)
                        .log("the function was not run: {}", message);
            }
            case CallResult.PartlyFailed _, CallResult.Failed _ -> {
                counts.failed(owned.name, call.records().size() - settled);
                lastResult.is(MappingReport.FUNCTION_CALL_FAILED);
            }
        }
    }

    /** A window's state is kept before the position that it belongs to is committed. Meanwhile the shard rests. */
    private void checkpoint(OwnedShard owned, Checkpoint checkpoint) {
        boolean kept = until(
                owned,
                "a checkpoint could not be kept and is tried again",
                () -> checkpoints
                        .write(mapping.uuid(), owned.name, owned.term, checkpoint)
                        .join());
        if (kept) {
            goOn(shards.checkpointed(owned));
        }
    }

    private void handOver(OwnedShard owned, Step.HandOver givenUp) {
        boolean kept = until(
                owned,
                "records that are given up could not be kept and are tried again",
                () -> handover.keep(mapping, givenUp));
        goOn(shards.handedOver(owned, givenUp, kept));
    }

    /** Tries until it is done, which is true, or until nobody is interested any more, or the process ends. */
    private boolean until(OwnedShard owned, String warning, Runnable task) {
        int failures = 0;
        while (!owned.lost) {
            try {
                task.run();
                return true;
            } catch (RuntimeException | Error e) {
                LOG.atWarn()
                        .addKeyValue("mappingId", mapping.uuid())
                        .setCause(e)
                        .log(warning);
                try {
                    Thread.sleep(beforeAgain.millis(++failures));
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
        }
        return false;
    }
}
