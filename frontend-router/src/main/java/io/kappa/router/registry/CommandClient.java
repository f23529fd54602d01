package io.kappa.router.registry;

import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.topic.Topic;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the owner and waits, blocking, until this router's view shows what it said. A reply that does not come is asked for once more under
 * the same id, which the owner answers without doing anything twice.
 */
final class CommandClient {
    private static final Logger LOG = LoggerFactory.getLogger(CommandClient.class);

    /** Most that may wait at a time, several seconds' worth; whoever comes beyond is refused. */
    static final int MOST_WAITING = 500;

    private static final RecordCodec<CommandRecord> CODEC = RecordCodec.of(CommandRecord.class);

    private final Producer<String, byte[]> producer;
    private final String topic;
    private final Replies replies;
    private final CompletableFuture<Void> listening;
    private final RegistryView view;
    private final Clock clock;
    private final Duration patience;
    private final Semaphore room = new Semaphore(MOST_WAITING);

    /**
     * @param listening completes once every reply will be seen to a command that is asked from then on
     * @param patience how long to wait in all; half of it before asking once more
     */
    CommandClient(
            Producer<String, byte[]> producer,
            String topicPrefix,
            Replies replies,
            CompletableFuture<Void> listening,
            RegistryView view,
            Clock clock,
            Duration patience) {
        this.producer = producer;
        this.topic = Topic.REGISTRY_COMMANDS.name(topicPrefix);
        this.replies = replies;
        this.listening = listening;
        this.view = view;
        this.clock = clock;
        this.patience = patience;
    }

    /** @throws LambdaApiException where no reply came in time, or too many are waiting for theirs */
    Verdict ask(RegistryCommand command) {
        if (!room.tryAcquire()) {
            throw new LambdaApiException(ErrorCode.TOO_MANY_REQUESTS, "Rate Exceeded.");
        }
        var id = UUID.randomUUID().toString();
        try {
            return ask(id, command);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("The registry is stopping.");
        } catch (CancellationException e) {
            throw unavailable("The registry is stopping.");
        } catch (TimeoutException e) {
            command.about(LOG.atWarn()).addKeyValue("command", id).log("no reply in time");
            throw unavailable("The registry did not answer in time. The change may or may not have been made.");
        } catch (ExecutionException e) {
            command.about(LOG.atWarn()).setCause(e.getCause()).log("command not asked");
            throw unavailable("The registry is out of reach. The change may or may not have been made.");
        } finally {
            replies.forget(id);
            room.release();
        }
    }

    private Verdict ask(String id, RegistryCommand command)
            throws InterruptedException, ExecutionException, TimeoutException {
        long deadline = System.nanoTime() + patience.toNanos();
        await(listening, deadline);
        var account = command.account();
        var record =
                new ProducerRecord<>(topic, account, CODEC.encode(new CommandRecord.Ask(id, clock.instant(), command)));
        var awaited = replies.await(id);
        send(record, awaited);
        ReplyRecord reply;
        try {
            reply = await(awaited, deadline - patience.toNanos() / 2);
        } catch (TimeoutException e) {
            send(record, awaited);
            reply = await(awaited, deadline);
        }
        var seen = view.reached(account, reply.sequence()).toCompletableFuture();
        try {
            await(seen, deadline);
        } finally {
            seen.cancel(false); // Whatever came of it, the view need not keep it.
        }
        return reply.verdict();
    }

    private void send(ProducerRecord<String, byte[]> record, CompletableFuture<ReplyRecord> awaited) {
        var _ = producer.send(record, (_, failure) -> {
            if (failure != null) {
                awaited.completeExceptionally(failure);
            }
        });
    }

    private static <T> T await(CompletableFuture<T> future, long deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    /** Tells the owner of chunks before they are written. */
    void announce(Upload upload) throws InterruptedException, ExecutionException {
        producer.send(new ProducerRecord<>(
                        topic, upload.account(), CODEC.encode(new CommandRecord.AnnounceUpload(upload))))
                .get();
    }

    private static LambdaApiException unavailable(String message) {
        return new LambdaApiException(ErrorCode.SERVICE_UNAVAILABLE, message);
    }
}
