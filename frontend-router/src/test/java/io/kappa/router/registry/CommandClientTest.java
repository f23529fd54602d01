package io.kappa.router.registry;

import static io.kappa.router.registry.Samples.ACCOUNT;
import static io.kappa.router.registry.Samples.GREET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.CommandRecord.Ask;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CommandClientTest {
    private static final RegistryCommand COMMAND = new RegistryCommand.DeleteFunction(GREET, null);
    private static final Verdict DONE = new Verdict.Answered(new RegistryAnswer.Done(null));
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(40);

    private final Replies replies = new Replies();
    private final RegistryView view = new RegistryView();
    private final ConcurrentLinkedQueue<Ask> asked = new ConcurrentLinkedQueue<>();

    @Test
    void theVerdictIsTheOwnersOnceTheViewHasComeSoFar() {
        viewReaches(7);

        assertThat(client(LONG, ask -> reply(ask, 7)).ask(COMMAND)).isEqualTo(DONE);
        assertThat(asked).extracting(Ask::command).containsExactly(COMMAND);
        assertThat(replies.waiting()).isZero();
    }

    @Test
    void whoeverAskedWaitsForTheViewAsWell() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var replied = new CountDownLatch(1);
            var client = client(LONG, ask -> {
                reply(ask, 7);
                replied.countDown();
            });
            var verdict = threads.submit(() -> client.ask(COMMAND));
            replied.await();
            viewReaches(6);
            assertThat(verdict.isDone()).isFalse();

            viewReaches(7);

            assertThat(verdict.get()).isEqualTo(DONE);
        }
    }

    @Test
    void aCommandWithoutAReplyIsAskedOnceMoreUnderTheSameId() {
        viewReaches(1);
        var client = client(Duration.ofSeconds(2), ask -> {
            if (asked.size() == 2) {
                reply(ask, 1);
            }
        });

        assertThat(client.ask(COMMAND)).isEqualTo(DONE);
        assertThat(asked).hasSize(2).containsOnly(asked.peek());
    }

    @Test
    void withoutAnyReplyNobodyCanTellWhetherTheChangeWasMade() {
        assertThatThrownBy(() -> client(SHORT, _ -> {}).ask(COMMAND))
                .isInstanceOfSatisfying(LambdaApiException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
                    assertThat(refusal.message())
                            .isEqualTo(
                                    "The registry did not answer in time. The change may or may not have been made.");
                });
        assertThat(asked).hasSize(2);
        assertThat(replies.waiting()).isZero();
    }

    @Test
    void aViewThatFallsBehindIsNoAnswerEither() {
        assertThatThrownBy(() -> client(SHORT, ask -> reply(ask, 7)).ask(COMMAND))
                .isInstanceOfSatisfying(
                        LambdaApiException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.SERVICE_UNAVAILABLE));
        assertThat(replies.waiting()).isZero();
    }

    @Test
    void nothingIsAskedBeforeItsReplyWouldBeSeen() {
        var client = client(SHORT, new CompletableFuture<>(), null, ask -> reply(ask, 0));

        assertThatThrownBy(() -> client.ask(COMMAND)).isInstanceOf(LambdaApiException.class);
        assertThat(asked).isEmpty();
    }

    @Test
    void aClusterOutOfReachIsToldAtOnce() {
        var client = client(LONG, CompletableFuture.completedFuture(null), new TimeoutException("no broker"), _ -> {});

        assertThatThrownBy(() -> client.ask(COMMAND)).isInstanceOfSatisfying(LambdaApiException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
            assertThat(refusal.message()).startsWith("The registry is out of reach.");
        });
        assertThat(replies.waiting()).isZero();
    }

    @Test
    void beyondAsManyAsMayWaitTheyAreRefusedAndClosingFreesThoseWhoWait() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = new CountDownLatch(CommandClient.MOST_WAITING);
            var client = client(LONG, _ -> waiting.countDown());
            var asking = new ArrayList<Future<Verdict>>();
            for (int i = 0; i < CommandClient.MOST_WAITING; i++) {
                asking.add(threads.submit(() -> client.ask(COMMAND)));
            }
            waiting.await();

            assertThatThrownBy(() -> client.ask(COMMAND))
                    .isInstanceOfSatisfying(
                            LambdaApiException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.TOO_MANY_REQUESTS));

            replies.close();
            for (var verdict : asking) {
                assertThatThrownBy(verdict::get).hasCauseInstanceOf(LambdaApiException.class);
            }
            assertThat(replies.waiting()).isZero();
        }
    }

    private CommandClient client(Duration patience, Consumer<Ask> owner) {
        return client(patience, CompletableFuture.completedFuture(null), null, owner);
    }

    private CommandClient client(
            Duration patience,
            CompletableFuture<Void> listening,
            @Nullable RuntimeException failure,
            Consumer<Ask> owner) {
        return new CommandClient(
                new AskedAtOnce(owner, failure),
                "kappa",
                replies,
                listening,
                view,
                Clock.fixed(Ownership.NOON, ZoneOffset.UTC),
                patience);
    }

    private void reply(Ask ask, long sequence) {
        var reply = new ReplyRecord(ask.id(), ACCOUNT, sequence, DONE);
        replies.read(new ConsumerRecord<>(
                "kappa.registry.replies",
                0,
                0,
                ask.id(),
                RecordCodec.of(ReplyRecord.class).encode(reply)));
    }

    private void viewReaches(long sequence) {
        view.apply(
                GREET.toString(),
                RecordCodec.of(RegistryRecord.class).encode(new FunctionRecord(GREET, Map.of())),
                sequence);
    }

    /** A producer whose records the owner sees, or does not, before sending returns. */
    private final class AskedAtOnce extends MockProducer<String, byte[]> {
        private final Consumer<Ask> owner;
        private final @Nullable RuntimeException failure;

        AskedAtOnce(Consumer<Ask> owner, @Nullable RuntimeException failure) {
            super(true, null, new StringSerializer(), new ByteArraySerializer());
            this.owner = owner;
            this.failure = failure;
        }

        @Override
        @SuppressWarnings("NullAway") // A failure comes without metadata.
        public synchronized Future<RecordMetadata> send(ProducerRecord<String, byte[]> record, Callback callback) {
            if (failure != null) {
                callback.onCompletion(null, failure);
                return CompletableFuture.failedFuture(failure);
            }
            assertThat(List.of(record.topic(), record.key())).containsExactly("kappa.registry.commands", ACCOUNT);
            var ask = (Ask) RecordCodec.of(CommandRecord.class).decode(record.value());
            asked.add(ask);
            owner.accept(ask);
            return CompletableFuture.completedFuture(null);
        }
    }
}
