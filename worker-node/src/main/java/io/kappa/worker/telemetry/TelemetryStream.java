package io.kappa.worker.telemetry;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is told of one environment, to those of its extensions that have subscribed. Events are kept while the environment initialises, for
 * subscribers to come; after that, where there are none, this does nothing at all.
 *
 * <p>Events come on any thread and are put in order under a lock; they are delivered on the event loop, one delivery at a time for each
 * subscriber, tried {@value #TRIES} times. A delivery that hangs is given up after {@value #PATIENCE_MILLIS} ms in which the sandbox was not
 * frozen.
 */
public final class TelemetryStream {
    static final int TRIES = 3;
    private static final long PATIENCE_MILLIS = 2_000;
    private static final long RETRY_NANOS = 100_000_000;
    private static final long MILLISECOND = 1_000_000;
    private static final int MOST_KEPT = 10_000;
    private static final long MOST_KEPT_BYTES = 1024 * 1024;

    private final Loop loop;
    private final TelemetryTransport transport;
    private final Map<String, Subscriber> subscribers = new LinkedHashMap<>();
    private List<TelemetryEvent> kept = new ArrayList<>();
    private long keptBytes;
    private long droppedFromKept;
    private long droppedFromKeptBytes;
    private boolean keeps = true;
    private volatile boolean open = true;

    // On the event loop alone.
    private boolean paused;
    private boolean hurries;
    private Runnable delivered = () -> {};

    /** The environment's event loop. */
    public interface Loop {
        void execute(Runnable task);

        /** @return cancels it */
        Runnable after(long nanos, Runnable task);

        long nanoTime();

        long currentTimeMillis();
    }

    public TelemetryStream(Loop loop, TelemetryTransport transport) {
        this.loop = loop;
        this.transport = transport;
    }

    /** Whether anybody listens, or may still come to. */
    public boolean isOpen() {
        return open;
    }

    public void add(TelemetryEvent event) {
        if (!open) {
            return;
        }
        boolean wakes = false;
        synchronized (this) {
            keep(event);
            for (var subscriber : subscribers.values()) {
                wakes |= subscriber.take(event);
            }
        }
        if (wakes) {
            loop.execute(this::deliver);
        }
    }

    private void keep(TelemetryEvent event) {
        if (!keeps) {
            return;
        }
        if (kept.size() == MOST_KEPT || keptBytes + event.size() > MOST_KEPT_BYTES) {
            droppedFromKept++;
            droppedFromKeptBytes += event.size();
            return;
        }
        kept.add(event);
        keptBytes += event.size();
    }

    /** Replaces what the extension has subscribed to before. It is told all that has happened since the environment was started. */
    public void subscribe(String extensionId, Subscription subscription) {
        synchronized (this) {
            var subscriber = new Subscriber(subscription);
            kept.forEach(subscriber::take);
            if (droppedFromKept > 0) {
                subscriber.buffer.dropped(droppedFromKept, droppedFromKeptBytes);
            }
            var before = subscribers.put(extensionId, subscriber);
            if (before != null) {
                before.over = true;
            }
        }
        loop.execute(this::deliver);
    }

    /** Nobody subscribes any more. */
    public synchronized void initialised() {
        keeps = false;
        kept = new ArrayList<>();
        keptBytes = 0;
        open = !subscribers.isEmpty();
    }

    /** The environment starts anew: earlier subscriptions are gone. On the event loop. */
    public synchronized void restart() {
        subscribers.values().forEach(subscriber -> subscriber.over = true);
        subscribers.clear();
        kept = new ArrayList<>();
        keptBytes = 0;
        droppedFromKept = 0;
        droppedFromKeptBytes = 0;
        keeps = true;
        open = true;
        hurries = false;
        paused = false;
        delivered = () -> {};
    }

    /** The sandbox is about to be frozen: nobody would take anything. On the event loop. */
    public void pause() {
        paused = true;
    }

    public void resume() {
        if (paused) {
            paused = false;
            present().forEach(Subscriber::resumed);
            deliver();
        }
    }

    /** From here on nothing waits for more: the end is near. On the event loop. */
    public void hurry() {
        hurries = true;
        if (paused) {
            resume();
        } else {
            deliver();
        }
    }

    /**
     * Says once that nothing is left to be delivered, which may be now. On the event loop.
     *
     * @param then forgotten where the environment starts anew before
     */
    public void whenDelivered(Runnable then) {
        delivered = then;
        sayWhenDelivered();
    }

    private void sayWhenDelivered() {
        boolean all;
        synchronized (this) {
            all = subscribers.values().stream()
                    .allMatch(subscriber -> subscriber.delivery == null && subscriber.buffer.isEmpty());
        }
        if (all) {
            var told = delivered;
            delivered = () -> {};
            told.run();
        }
    }

    /** Nothing is delivered any more. */
    public void close() {
        synchronized (this) {
            open = false;
            keeps = false;
            subscribers.values().forEach(subscriber -> subscriber.over = true);
            subscribers.clear();
        }
        transport.close();
    }

    private synchronized List<Subscriber> present() {
        return List.copyOf(subscribers.values());
    }

    private void deliver() {
        if (!paused) {
            present().forEach(Subscriber::deliver);
        }
    }

    /** One subscription, and the delivery that is on its way. */
    private final class Subscriber {
        private final Subscription subscription;
        private final TelemetryBuffer buffer;
        private volatile boolean over;

        // On the event loop alone.
        private @Nullable Runnable timer;
        private @Nullable Delivery delivery;

        Subscriber(Subscription subscription) {
            this.subscription = subscription;
            this.buffer = new TelemetryBuffer(subscription.buffering());
        }

        /** Whether somebody has to see after it. Under the lock. */
        private boolean take(TelemetryEvent event) {
            if (!subscription.types().contains(event.type())) {
                return false;
            }
            var json = event.json(subscription.schema());
            if (json.isEmpty()) {
                return false;
            }
            return buffer.add(json.get(), loop.nanoTime());
        }

        private void deliver() {
            if (delivery != null || paused || over) {
                return;
            }
            List<String> events;
            synchronized (TelemetryStream.this) {
                if (buffer.isEmpty()) {
                    return;
                }
                long wait = hurries ? 0 : buffer.dueIn(loop.nanoTime());
                if (wait > 0) {
                    wakeAfter(wait);
                    return;
                }
                tellDropped();
                events = buffer.take();
            }
            delivery = new Delivery(events);
            delivery.tryOnce();
        }

        private void tellDropped() {
            if (!buffer.hasDropped() || !subscription.types().contains(TelemetryType.PLATFORM)) {
                return;
            }
            var dropped = buffer.takeDropped();
            var record = JsonNodeFactory.instance
                    .objectNode()
                    .put("droppedBytes", dropped.bytes())
                    .put("droppedRecords", dropped.records())
                    .put("reason", "The subscriber has not taken events as fast as they came");
            new TelemetryEvent.Platform(loop.currentTimeMillis(), "platform.logsDropped", record)
                    .json(subscription.schema())
                    .ifPresent(json -> buffer.addFirst(json, loop.nanoTime()));
        }

        private void wakeAfter(long nanos) {
            if (timer == null) {
                timer = loop.after(nanos, () -> {
                    timer = null;
                    deliver();
                });
            }
        }

        private void resumed() {
            if (delivery != null) {
                delivery.patience();
            }
        }

        /** Some events, until they have been taken or given up. */
        private final class Delivery {
            private final List<String> events;
            private int tries;
            private boolean asked;
            private @Nullable Runnable patience;

            Delivery(List<String> events) {
                this.events = events;
            }

            private void tryOnce() {
                int number = ++tries;
                asked = true;
                patience();
                transport
                        .send(subscription.destination(), events)
                        .whenComplete((_, problem) -> loop.execute(() -> came(number, problem == null)));
            }

            private void patience() {
                if (patience != null) {
                    patience.run();
                }
                int number = tries;
                patience = loop.after(PATIENCE_MILLIS * MILLISECOND, () -> {
                    if (!paused) { // Else it goes on after the thaw.
                        came(number, false);
                    }
                });
            }

            /** What one try came to. What comes of a try that was given up before counts for nothing. */
            private void came(int number, boolean taken) {
                if (!asked || number != tries) {
                    return;
                }
                asked = false;
                if (patience != null) {
                    patience.run();
                }
                if (!taken && tries < TRIES && !over) {
                    var _ = loop.after(RETRY_NANOS, this::tryOnce);
                    return;
                }
                if (!taken) {
                    synchronized (TelemetryStream.this) {
                        buffer.dropAll(events);
                    }
                }
                delivery = null;
                deliver();
                sayWhenDelivered();
            }
        }
    }
}
