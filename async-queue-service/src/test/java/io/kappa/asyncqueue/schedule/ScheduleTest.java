package io.kappa.asyncqueue.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.asyncqueue.schedule.Schedule.Next;
import io.kappa.asyncqueue.schedule.Schedule.Signal;
import io.kappa.contracts.invocation.RequestId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private final Schedule<String> schedule = new Schedule<>(12, Duration.ofSeconds(10));

    private static RequestId id(long number) {
        return new RequestId(new UUID(0, number));
    }

    private void add(String queue, int count) {
        for (int i = 0; i < count; i++) {
            schedule.add(queue, id(i), 0, 0);
        }
    }

    private List<Next<String>> startAll(long now) {
        var started = new ArrayList<Next<String>>();
        for (var next = schedule.next(now); next != null; next = schedule.next(now)) {
            started.add(next);
        }
        return started;
    }

    @Test
    void nothingStartsBeforeItIsDue() {
        schedule.add("a", id(1), 100, 0);

        assertThat(schedule.next(99)).isNull();
        assertThat(schedule.next(100)).extracting(Next::id).isEqualTo(id(1));
    }

    @Test
    void whatIsDueFirstStartsFirst() {
        schedule.add("a", id(3), 30, 0);
        schedule.add("a", id(1), 10, 0);
        schedule.add("a", id(2), 20, 0);

        assertThat(startAll(30)).extracting(Next::id).containsExactly(id(1), id(2), id(3));
    }

    @Test
    void queuesTakeTurns() {
        add("a", 3);
        add("b", 3);

        assertThat(startAll(0)).extracting(Next::queue).containsExactly("a", "b", "a", "b", "a", "b");
    }

    @Test
    void oneQueueAloneTakesHalfOfThePlacesAndLeavesRoomForOthers() {
        add("greedy", 100);
        assertThat(startAll(0)).hasSize(6);

        add("late", 1);
        assertThat(startAll(0)).extracting(Next::queue).containsExactly("late");
    }

    @Test
    void aThousandQueuesWithMuchToDoDoNotKeepANewOneWaiting() {
        for (int i = 0; i < 1000; i++) {
            add("q" + i, 10);
        }
        var running = startAll(0);
        assertThat(running).hasSize(12);

        add("late", 1);
        schedule.ended(running.getFirst(), Signal.SUCCEEDED, 0);
        for (int i = 1; i < 12; i++) {
            schedule.ended(running.get(i), Signal.SUCCEEDED, 0);
        }
        // Each queue has its turn, so the new one has it after those that were there before, whatever they have
        // waiting.
        var turns = new ArrayList<String>();
        for (int i = 0; i < 1001; i++) {
            var next = Objects.requireNonNull(schedule.next(0));
            turns.add(next.queue());
            schedule.ended(next, Signal.SUCCEEDED, 0);
        }
        assertThat(turns).contains("late");
    }

    @Test
    void whatIsHeldDoesNotStartUntilItIsReleased() {
        add("a", 2);
        schedule.hold("a");
        assertThat(startAll(0)).isEmpty();
        assertThat(schedule.figures(0)).singleElement().satisfies(figures -> {
            assertThat(figures.held()).isTrue();
            assertThat(figures.waiting()).isEqualTo(2);
        });

        schedule.release("a");
        assertThat(startAll(0)).hasSize(2);
    }

    @Test
    void aHoldOutlivesTheQueueItself() {
        schedule.hold("a");
        add("a", 1);

        assertThat(startAll(0)).isEmpty();
        assertThat(schedule.figures(0)).singleElement().matches(Schedule.Figures::held);
    }

    @Test
    void aQueueThatIsThrottledEvenAloneIsAskedLessAndLess() {
        add("a", 1);
        long now = 0;
        var asked = new ArrayList<Long>();
        for (int i = 0; i < 60; i++) {
            var next = schedule.next(now);
            while (next == null) {
                now += 50;
                next = schedule.next(now);
            }
            asked.add(now);
            schedule.add("a", next.id(), now, 0);
            schedule.ended(next, Signal.THROTTLED, now);
        }

        assertThat(asked.getLast() - asked.get(58)).isEqualTo(10_000);
        assertThat(asked.get(10) - asked.getFirst()).isGreaterThan(5_000);
    }

    @Test
    void entriesAreTakenOutByTheirTimeOfAcceptanceAndTheOrderOfTheOthersStays() {
        for (int i = 0; i < 100; i++) {
            schedule.add("a", id(i), 100 - i, i);
        }

        assertThat(schedule.takeAcceptedWhen("a", accepted -> accepted < 40, 1000))
                .hasSize(40);
        assertThat(schedule.waiting()).isEqualTo(60);
        assertThat(schedule.figures(0).getFirst().oldestAccepted()).isEqualTo(40);
        assertThat(startAll(1000)).extracting(Next::id).startsWith(id(99), id(98), id(97));
    }

    @Test
    void aQueueOfWhichNothingIsLeftIsForgotten() {
        add("a", 1);
        var next = startAll(0).getFirst();
        schedule.ended(next, Signal.SUCCEEDED, 0);

        assertThat(schedule.next(0)).isNull();
        assertThat(schedule.queues()).isEmpty();
        assertThat(schedule.running()).isZero();
    }
}
