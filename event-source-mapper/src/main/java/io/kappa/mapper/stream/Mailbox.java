package io.kappa.mapper.stream;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Tasks for the thread that owns a consumer. One that comes while the thread is polling wakes it up, and at no other time, because a wake-up
 * that is left over would break off the next blocking call, a commit perhaps.
 *
 * <p>Bounded by what the owner starts: each task answers one step that it has started.
 */
final class Mailbox {
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Object lock = new Object();
    private @Nullable Consumer<byte[], byte[]> consumer;
    private boolean polling;
    private boolean wokenUp;

    void attach(Consumer<byte[], byte[]> newConsumer) {
        synchronized (lock) {
            consumer = newConsumer;
        }
    }

    void detach() {
        synchronized (lock) {
            consumer = null;
            polling = false;
            wokenUp = false;
        }
    }

    /** From any thread. */
    void post(Runnable task) {
        tasks.add(task);
        synchronized (lock) {
            wakeUpIfPolling();
        }
    }

    private void wakeUpIfPolling() {
        if (polling && consumer != null) {
            polling = false;
            wokenUp = true;
            consumer.wakeup();
        }
    }

    /** Runs what is there. */
    void runAll() {
        Runnable task;
        while ((task = tasks.poll()) != null) {
            task.run();
        }
    }

    /** Runs one task, and waits for it a while. */
    void runWithin(long millis) {
        try {
            var task = tasks.poll(millis, TimeUnit.MILLISECONDS);
            if (task != null) {
                task.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    ConsumerRecords<byte[], byte[]> poll(Consumer<byte[], byte[]> polled, Duration patience) {
        synchronized (lock) {
            polling = true;
            if (!tasks.isEmpty()) {
                polling = false;
            }
        }
        try {
            var records = polled.poll(polling() ? patience : Duration.ZERO);
            return noLongerPolling() ? withLateWakeUp(polled, records) : records;
        } catch (WakeupException e) {
            return ConsumerRecords.empty();
        } finally {
            noLongerPolling();
        }
    }

    private boolean polling() {
        synchronized (lock) {
            return polling;
        }
    }

    /** Whether a wake-up was called for meanwhile. */
    private boolean noLongerPolling() {
        synchronized (lock) {
            polling = false;
            boolean woken = wokenUp;
            wokenUp = false;
            return woken;
        }
    }

    /** The wake-up came after the poll had its records: it is used up here, where it does no harm. */
    private static ConsumerRecords<byte[], byte[]> withLateWakeUp(
            Consumer<byte[], byte[]> polled, ConsumerRecords<byte[], byte[]> records) {
        var paused = polled.paused();
        var others = polled.assignment().stream()
                .filter(shard -> !paused.contains(shard))
                .toList();
        polled.pause(others); // What would come now must not be lost.
        try {
            var _ = polled.poll(Duration.ZERO);
        } catch (WakeupException e) {
            // As expected.
        } finally {
            polled.resume(others.stream().filter(polled.assignment()::contains).toList());
        }
        return records;
    }

    /**
     * Within a poll, a task that must not be woken up, though it may run what is posted. Where a wake-up was called for before, the first call
     * that blocks is broken off by it, and so is made again.
     */
    void undisturbed(Runnable task) {
        boolean was;
        boolean woken;
        synchronized (lock) {
            was = polling;
            woken = wokenUp;
            polling = false;
        }
        try {
            task.run();
        } catch (WakeupException e) {
            task.run();
        } finally {
            synchronized (lock) {
                polling = was;
                wokenUp = woken; // It may not have been used up.
                if (!tasks.isEmpty()) {
                    wakeUpIfPolling();
                }
            }
        }
    }
}
