package io.kappa.asyncqueue.shard;

import io.kappa.asyncqueue.event.Account;
import io.kappa.asyncqueue.event.ActionProgress;
import io.kappa.asyncqueue.event.Delivery;
import io.kappa.asyncqueue.event.PendingEvent;
import io.kappa.asyncqueue.event.QueueAction;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.RequestId;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.kit.streams.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a shard knows: the events that wait, the deliveries that are still to be made, what is held, and what operators asked. {@link #apply}
 * is the only writer, and Kafka Streams commits it together with the records that were written.
 *
 * <pre>
 *   event/TARGET/REQUEST        an event that has not ended
 *   delivery/REQUEST/KIND       something still to be written to a user's topic
 *   hold/TARGET                 the action that holds the target
 *   action/ID                   what an operator asked, and how far it has come
 *   account                     how many events were accepted and have ended
 * </pre>
 */
final class ShardState {
    static final String EVENT = "event/";
    private static final String DELIVERY = "delivery/";
    private static final String HOLD = "hold/";
    static final String ACTION = "action/";
    private static final String ACCOUNT = "account";

    static final RecordCodec<PendingEvent> EVENTS = RecordCodec.of(PendingEvent.class);
    private static final RecordCodec<Delivery> DELIVERIES = RecordCodec.of(Delivery.class);
    private static final RecordCodec<QueueAction> HOLDS = RecordCodec.of(QueueAction.class);
    static final RecordCodec<ActionProgress> ACTIONS = RecordCodec.of(ActionProgress.class);
    private static final RecordCodec<Account> ACCOUNTS = RecordCodec.of(Account.class);

    private final Table table;
    private Account account;

    ShardState(Table table) {
        this.table = table;
        var written = table.get(ACCOUNT);
        this.account = written == null ? new Account(1, 0, 0) : ACCOUNTS.decode(written);
    }

    static String eventKey(InvocationTarget target, RequestId id) {
        return EVENT + target + "/" + id;
    }

    private static String deliveryKey(RequestId id, Delivery.Kind to) {
        return DELIVERY + id + "/" + to;
    }

    @Nullable
    PendingEvent event(InvocationTarget target, RequestId id) {
        var value = table.get(eventKey(target, id));
        return value == null ? null : EVENTS.decode(value);
    }

    @Nullable
    Delivery delivery(RequestId id, Delivery.Kind to) {
        var value = table.get(deliveryKey(id, to));
        return value == null ? null : DELIVERIES.decode(value);
    }

    Optional<ActionProgress> action(String id) {
        return Optional.ofNullable(table.get(ACTION + id)).map(ACTIONS::decode);
    }

    Account account() {
        return account;
    }

    void forEachEvent(Consumer<PendingEvent> visitor) {
        visit(EVENT, visitor, EVENTS);
    }

    void forEachEvent(InvocationTarget target, Consumer<PendingEvent> visitor) {
        visit(EVENT + target + "/", visitor, EVENTS);
    }

    void forEachDelivery(Consumer<Delivery> visitor) {
        visit(DELIVERY, visitor, DELIVERIES);
    }

    void forEachHold(Consumer<InvocationTarget> visitor) {
        table.forEach(HOLD, (key, _) -> visitor.accept(InvocationTarget.parse(key.substring(HOLD.length()))));
    }

    void forEachAction(Consumer<ActionProgress> visitor) {
        visit(ACTION, visitor, ACTIONS);
    }

    private <T> void visit(String prefix, Consumer<T> visitor, RecordCodec<T> codec) {
        table.forEach(prefix, (_, value) -> visitor.accept(codec.decode(value)));
    }

    /** A part of the events, and where it ended: null where nothing is left after it. */
    record Part(List<PendingEvent> selected, @Nullable String cursor) {}

    /**
     * The next of the events that are selected.
     *
     * @param target null for those of all targets
     * @param after where the last part ended; null for the first
     * @param most how many events are looked at
     */
    Part part(@Nullable InvocationTarget target, @Nullable String after, int most, Predicate<PendingEvent> selected) {
        var found = new ArrayList<PendingEvent>();
        var looked = new ArrayList<String>(most);
        table.scan(target == null ? EVENT : EVENT + target + "/", after, (key, value) -> {
            looked.add(key);
            var event = EVENTS.decode(value);
            if (selected.test(event)) {
                found.add(event);
            }
            return looked.size() < most;
        });
        return new Part(found, looked.size() < most ? null : looked.getLast());
    }

    /** Counts a record that has been read from a topic of events, whatever becomes of it. */
    void countAccepted() {
        account = account.oneAccepted();
        table.put(ACCOUNT, ACCOUNTS.encode(account));
    }

    /** Counts a line of the ledger. */
    void countEnded() {
        account = account.oneEnded();
        table.put(ACCOUNT, ACCOUNTS.encode(account));
    }

    void hold(QueueAction action, InvocationTarget target) {
        table.put(HOLD + target, HOLDS.encode(action));
    }

    void release(InvocationTarget target) {
        table.delete(HOLD + target);
    }

    void forget(ActionProgress action) {
        table.delete(ACTION + action.action().id());
    }

    /** Takes in one step that is recorded. */
    void apply(Step step) {
        switch (step) {
            case Step.Waits(var event) -> table.put(eventKey(event.target(), event.requestId()), EVENTS.encode(event));
            case Step.Ends ends -> {
                table.delete(eventKey(ends.event().target(), ends.event().requestId()));
                countEnded();
            }
            case Step.DeliveryWaits(var delivery) ->
                table.put(deliveryKey(delivery.requestId(), delivery.to()), DELIVERIES.encode(delivery));
            case Step.Delivered(var delivery) -> table.delete(deliveryKey(delivery.requestId(), delivery.to()));
            case Step.DeliveryFails(var delivery, var _) ->
                table.delete(deliveryKey(delivery.requestId(), delivery.to()));
            case Step.ActionStands(var progress) ->
                table.put(ACTION + progress.action().id(), ACTIONS.encode(progress));
        }
    }
}
