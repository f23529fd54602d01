package io.kappa.router.admission.lots;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LotsTest {
    private static final long LEASE = 1000;
    private static final long RUN = 500;
    private static final LotTerms TERMS = new LotTerms(LEASE, Drift.ASSUMED);
    private static final Pool UNRESERVED = new Pool.Unreserved();
    private static final Pool RESERVED =
            new Pool.Reserved(FunctionArn.parse("arn:aws:lambda:us-east-1:000000000000:function:f"));

    private final LotOwner owner = new LotOwner(TERMS, limits(10));
    private final List<LotGrant> recorded = new ArrayList<>();

    private static PoolLimits limits(int unreserved) {
        return new PoolLimits(unreserved + 3, Map.of(UNRESERVED, unreserved, RESERVED, 3));
    }

    private static LotHolder holder(String router) {
        return new LotHolder(new HolderId(router, "1"), Drift.ASSUMED, _ -> RUN);
    }

    private @Nullable LotGrant answer(LotRequest request, long now) {
        var grant = owner.decide(request, now).orElse(null);
        if (grant != null) {
            owner.apply(grant, now);
            recorded.add(grant);
        }
        return grant;
    }

    private void renew(LotHolder holder, long now) {
        holder.accept(Objects.requireNonNull(answer(holder.ask(now), now)));
    }

    private static List<Ticket> enterAll(LotHolder holder, Pool pool, long now) {
        var tickets = new ArrayList<Ticket>();
        Optional<Ticket> ticket = holder.enter(pool, RUN, now);
        while (ticket.isPresent()) {
            tickets.add(ticket.get());
            ticket = holder.enter(pool, RUN, now);
        }
        return tickets;
    }

    @Test
    void aHolderThatIsAloneGetsAllThereIs() {
        var alone = holder("a");
        enterAll(alone, UNRESERVED, 0);
        enterAll(alone, RESERVED, 0);

        renew(alone, 0);

        assertThat(enterAll(alone, UNRESERVED, 1)).hasSize(10);
        assertThat(enterAll(alone, RESERVED, 1)).hasSize(3);
    }

    @Test
    void nothingIsAdmittedOnceTheLeaseIsOverCountedFromTheRequest() {
        var holder = holder("a");
        enterAll(holder, UNRESERVED, 0);
        var grant = Objects.requireNonNull(answer(holder.ask(0), 700));
        holder.accept(grant);

        assertThat(holder.enter(UNRESERVED, RUN, 999)).isPresent();
        assertThat(holder.enter(UNRESERVED, RUN, 1000)).isEmpty();
    }

    @Test
    void nothingIsAdmittedThatMayRunLongerThanWasSaid() {
        var holder = holder("a");
        enterAll(holder, UNRESERVED, 0);
        renew(holder, 0);

        assertThat(holder.enter(UNRESERVED, RUN + 1, 1)).isEmpty();
    }

    @Test
    void whatASilentHolderHadIsGivenToOthersAfterLeaseAndLongestRunWithRoomForDrift() {
        var silent = holder("a");
        enterAll(silent, UNRESERVED, 0);
        renew(silent, 0);
        var other = holder("b");

        enterAll(other, UNRESERVED, 1530);
        renew(other, 1530);
        assertThat(enterAll(other, UNRESERVED, 1530)).isEmpty();
        renew(other, 1531); // 1500 * 1.01 / 0.99
        assertThat(enterAll(other, UNRESERVED, 1531)).hasSize(10);
    }

    @Test
    void aHolderGivesUpWhatOthersHaveUseForAsSoonAsItIsHeardOf() {
        var first = holder("a");
        enterAll(first, UNRESERVED, 0);
        renew(first, 0);
        var second = holder("b");
        for (int i = 0; i < 4; i++) {
            second.enter(UNRESERVED, RUN, 1);
        }

        renew(second, 1);
        renew(first, 2); // Keeps less from here on,
        renew(first, 3); // and says so.
        renew(second, 4);

        assertThat(enterAll(second, UNRESERVED, 5)).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void theOnlyTokenGoesToWhoeverAsksWhileNobodyUsesItHoweverLatelyItWasOfUse() {
        owner.limit(limits(1));
        var first = holder("a");
        var second = holder("b");
        long now = 0;
        for (int turn = 0; turn < 20; turn++) {
            var asking = turn % 2 == 0 ? first : second;
            var other = turn % 2 == 0 ? second : first;
            int renewals = 0;
            while (asking.enter(UNRESERVED, RUN, now).isEmpty()) {
                assertThat(++renewals).isLessThan(4); // The other keeps none, says so, and it is to be had.
                renew(asking, ++now);
                renew(other, ++now);
            }
            asking.leave(UNRESERVED);
        }
    }

    @Test
    void theOnlyTokenStaysWhereItIsInUse() {
        owner.limit(limits(1));
        var first = holder("a");
        var second = holder("b");
        first.enter(UNRESERVED, RUN, 0);
        renew(first, 0);
        assertThat(first.enter(UNRESERVED, RUN, 1)).isPresent();

        second.enter(UNRESERVED, RUN, 2);
        renew(second, 2);
        renew(first, 3);
        renew(first, 4);
        second.enter(UNRESERVED, RUN, 5);
        renew(second, 5);

        assertThat(second.enter(UNRESERVED, RUN, 6)).isEmpty();
    }

    @Test
    void thatThereIsNoMoreIsBelievedOnlyWhenOthersHaveHadTheTimeToSayWhatTheyUse() {
        long ms = 1_000_000;
        owner.limit(limits(1));
        var first = holder("a");
        var second = holder("b");
        first.enter(UNRESERVED, RUN, 0);
        renew(first, 0);
        first.enter(UNRESERVED, RUN, 0);

        assertThat(asksInVain(second, 0)).isTrue();
        assertThat(asksInVain(second, 20 * ms)).isTrue();
        assertThat(asksInVain(second, 49 * ms)).isTrue();
        assertThat(asksInVain(second, 50 * ms)).isFalse();
        assertThat(asksInVain(second, 549 * ms)).isFalse();
        assertThat(asksInVain(second, 1049 * ms)).isTrue(); // What others said so long ago means nothing any more.
    }

    /** @return whether there is hope still, once that has been answered */
    private boolean asksInVain(LotHolder holder, long now) {
        assertThat(holder.enter(UNRESERVED, RUN, now)).isEmpty();
        var request = holder.ask(now);
        var grant = Objects.requireNonNull(answer(request, 1));
        holder.accept(new LotGrant(grant.holder(), grant.sequence(), Long.MAX_VALUE / 2, grant.lots()));
        return holder.isWorthAsking(UNRESERVED, RUN, 1, 100 * 1_000_000, now + 1);
    }

    @Test
    void aLostGrantIsCountedUntilTheHolderHasAcceptedAnother() {
        var holder = holder("a");
        enterAll(holder, UNRESERVED, 0);
        answer(holder.ask(0), 0);
        var second = Objects.requireNonNull(answer(holder.ask(1), 1));

        assertThat(second.lots().get(UNRESERVED))
                .extracting(LotGrant.Lot::counted)
                .isEqualTo(10);
    }

    @Test
    void olderGrantsAndThoseOfAnotherLifeChangeNothing() {
        var holder = holder("a");
        enterAll(holder, UNRESERVED, 0);
        var first = Objects.requireNonNull(answer(holder.ask(0), 0));
        owner.limit(limits(2));
        renew(holder, 1);

        holder.accept(first);
        holder.accept(new LotGrant(new HolderId("a", "0"), 9, LEASE, first.lots()));

        assertThat(enterAll(holder, UNRESERVED, 2)).hasSize(2);
    }

    @Test
    void olderRequestsAreNotAnswered() {
        var holder = holder("a");
        var first = holder.ask(0);
        renew(holder, 1);

        assertThat(owner.decide(first, 2)).isEmpty();
    }

    @Test
    void aLowerLimitIsNotExceededByAnythingAdmittedAfterTheNextRenewal() {
        var holder = holder("a");
        enterAll(holder, UNRESERVED, 0);
        renew(holder, 0);
        var tickets = enterAll(holder, UNRESERVED, 1);
        owner.limit(limits(4));
        renew(holder, 2);

        tickets.subList(0, 6).forEach(ticket -> holder.leave(ticket.pool()));
        assertThat(enterAll(holder, UNRESERVED, 3)).isEmpty();
        holder.leave(UNRESERVED);
        assertThat(enterAll(holder, UNRESERVED, 3)).hasSize(1);
    }

    @Test
    void theAccountsLimitHoldsWhileTokensMoveFromOnePoolToAnother() {
        var first = holder("a");
        enterAll(first, UNRESERVED, 0);
        renew(first, 0);
        enterAll(first, UNRESERVED, 1);
        owner.limit(new PoolLimits(13, Map.of(UNRESERVED, 1, RESERVED, 12)));
        var second = holder("b");
        enterAll(second, RESERVED, 2);
        renew(second, 2);

        assertThat(enterAll(second, RESERVED, 3)).hasSize(3);
    }

    @Test
    void aNewOwnerCountsWhatItsPredecessorGaveAsIfItHadBeenGivenNow() {
        var holder = holder("a");
        enterAll(holder, UNRESERVED, 0);
        renew(holder, 0);
        var next = new LotOwner(TERMS, limits(10));
        recorded.forEach(grant -> next.apply(grant, 5000)); // By quite another clock.
        var other = holder("b");
        enterAll(other, UNRESERVED, 0);

        var early = next.decide(other.ask(1), 6530).orElseThrow();
        assertThat(early.lots().get(UNRESERVED))
                .extracting(LotGrant.Lot::tokens)
                .isEqualTo(0);
        var late = next.decide(other.ask(2), 6531).orElseThrow();
        assertThat(late.lots().get(UNRESERVED)).extracting(LotGrant.Lot::tokens).isNotEqualTo(0);
    }

    @Test
    void ofTooFewTokensEachHolderHasOneInTurn() {
        owner.limit(limits(1));
        var holders = List.of(holder("a"), holder("b"), holder("c"));
        var served = new boolean[3];
        for (long now = 0; now < 12 * LEASE; now += LEASE / 4) {
            for (int i = 0; i < 3; i++) {
                var holder = holders.get(i);
                var tickets = enterAll(holder, UNRESERVED, now);
                served[i] |= !tickets.isEmpty();
                tickets.forEach(ticket -> holder.leave(ticket.pool()));
                renew(holder, now);
            }
        }
        assertThat(served).containsOnly(true);
    }

    @Test
    void holdersOfWhichNothingIsCountedAreForgotten() {
        var holder = holder("a");
        enterAll(holder, UNRESERVED, 0);
        renew(holder, 0);

        assertThat(owner.forget(1530)).isEmpty();
        assertThat(owner.forget(1531)).containsExactly(new HolderId("a", "1"));
    }
}
