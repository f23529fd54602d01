package io.kappa.router.logs.reading;

import io.kappa.kit.kafka.KafkaSettings;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;

/**
 * A few readers of the log topic that all callers share, so that neither connections nor memory grow with their number. Each has a thread of
 * its own, which leaves the router's event loops alone. A caller waits for one; past a number that wait, callers are turned away.
 */
public final class LogReaders implements AutoCloseable {
    private static final int WAITING_PER_READER = 8;
    private static final int IDLE_SECONDS = 60;

    private final Supplier<KafkaLogTopic> topics;
    private final ThreadPoolExecutor threads;
    private final Queue<KafkaLogTopic> idle = new ConcurrentLinkedQueue<>();

    /** So many callers wait already that there is no telling when another's turn would come. */
    public static final class BusyException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BusyException() {
            super("all readers of log lines are busy", null, false, false);
        }
    }

    /** @param most readers at once; each is made when it is first needed */
    public LogReaders(KafkaSettings kafka, String topic, int most) {
        this.topics = () -> new KafkaLogTopic(kafka, topic);
        this.threads = new ThreadPoolExecutor(
                most,
                most,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(most * WAITING_PER_READER),
                Thread.ofPlatform().name("reads-log-lines-", 0).daemon().factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Does some reading, and waits for it.
     *
     * @throws BusyException where too many wait already
     * @throws LogsUnavailableException where Kafka does not answer
     */
    <T> T read(Function<KafkaLogTopic, T> work) throws InterruptedException {
        try {
            return threads.submit(() -> perform(work)).get();
        } catch (RejectedExecutionException e) {
            throw new BusyException();
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case KafkaException cause -> new LogsUnavailableException("log lines cannot be read", cause);
                case RuntimeException cause -> cause;
                case null, default -> new IllegalStateException(e.getCause());
            };
        }
    }

    private <T> T perform(Function<KafkaLogTopic, T> work) {
        var kept = idle.poll();
        var topic = kept == null ? topics.get() : kept;
        try {
            var result = work.apply(topic);
            topic.rest();
            idle.add(topic);
            return result;
        } catch (RuntimeException e) {
            topic.close(); // Whatever state it is in.
            throw e;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (var topic = idle.poll(); topic != null; topic = idle.poll()) {
            topic.close();
        }
    }
}
