package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.SealedVariables;
import io.kappa.contracts.layer.FunctionLayer;
import io.kappa.contracts.layer.LayerVersionArn;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.runtimes.InstalledRuntime;
import io.kappa.runtimes.RuntimeCatalogue;
import io.kappa.worker.runtimeapi.InvocationEvent;
import io.kappa.worker.runtimeapi.ParkingApi;
import io.kappa.worker.runtimeapi.RuntimeListener;
import io.kappa.worker.sandbox.Sandbox.Exit;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

class WarmPoolTest {
    private static final InstalledRuntime.Parking PARKING = new InstalledRuntime.Parking() {
        @Override
        public InstalledRuntime.Start start(String taskRoot, String runtimeRoot, int memoryMegabytes) {
            return new InstalledRuntime.Start(List.of("python"), Map.of(), List.of("python"));
        }

        @Override
        public boolean allows(Map<String, String> environment) {
            return !environment.containsKey("PYTHONPATH");
        }
    };
    private static final InstalledRuntime PYTHON = new InstalledRuntime(
            "python:3.12.1",
            List.of(),
            "",
            (_, _, _, _, _, _) -> PARKING.start("", "", 128),
            Optional.of(PARKING),
            true);

    private final TurnedLoop loop = new TurnedLoop();
    private final List<Order> orders = new ArrayList<>();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private boolean takesLayers;
    private final WarmPool pool = pool(new WarmSettings(1000, Duration.ofHours(1)));

    /** One runtime that is being made. */
    private static final class Order {
        final FakeSandbox sandbox = new FakeSandbox();
        final CompletableFuture<Exit> exit = new CompletableFuture<>();
        final CompletableFuture<ParkedRuntime> done = new CompletableFuture<>();
    }

    private WarmPool pool(WarmSettings settings) {
        return pool(settings, loop::execute);
    }

    private WarmPool pool(WarmSettings settings, Executor blocking) {
        var time = new PoolTime() {
            @Override
            public long nanoTime() {
                return loop.nanoTime();
            }

            @Override
            public void after(Duration delay, Runnable task) {
                var _ = loop.after(delay.toNanos(), task);
            }
        };
        return new WarmPool(settings, new Orders(), time, blocking, new WarmMetrics(registry));
    }

    private final class Orders implements WarmPool.Parking {
        @Override
        public CompletionStage<ParkedRuntime> park(WarmKey key, InstalledRuntime.Parking parking, int memoryMegabytes) {
            var order = new Order();
            orders.add(order);
            return order.done;
        }

        @Override
        public boolean takesLayers(InstalledRuntime runtime) {
            return takesLayers;
        }
    }

    private ParkedRuntime finish(int number) {
        var order = orders.get(number);
        var parked = new ParkedRuntime(
                "id" + number,
                WarmKey.of(PYTHON, PARKING, 128),
                loop,
                order.sandbox,
                new SilentApi(),
                new ParkedRuntime.Output("id" + number),
                order.exit);
        order.done.complete(parked);
        return parked;
    }

    private static FunctionConfiguration function() {
        return Bench.configuration(128, Map.of());
    }

    /** A first cold start, whose runtime was not known before. */
    private void learn() {
        assertThat(pool.take(function())).isNull();
        pool.preparing();
        pool.learn(function(), PYTHON);
        pool.prepared();
    }

    @Test
    void parksOneAfterTheFirstColdStartOfItsKind() {
        learn();
        assertThat(orders).as("while its runtime starts").isEmpty();

        loop.turn(Duration.ofMillis(50));

        assertThat(orders).hasSize(1);
        var parked = finish(0);
        assertThat(pool.take(function())).isSameAs(parked);
        assertThat(misses("new")).isOne();
        assertThat(registry.get("kappa.worker.warm.hits").counter().count()).isOne();
    }

    @Test
    void givesEachAwayOnce() {
        learn();
        loop.turn(Duration.ofMillis(50));
        finish(0);

        assertThat(pool.take(function())).isNotNull();
        assertThat(pool.take(function())).isNull();
        assertThat(misses("empty")).isOne();
    }

    @Test
    void makesNoneWhileAColdStartIsOnItsWay() {
        learn();
        loop.turn(Duration.ofMillis(49));
        pool.preparing();
        loop.turn(Duration.ofSeconds(5));
        pool.refill();
        assertThat(orders).isEmpty();

        pool.prepared();
        loop.turn(Duration.ofMillis(50));

        assertThat(orders).hasSize(1);
    }

    @Test
    void makesTwoAtATime() {
        learn();
        for (int i = 0; i < 9; i++) {
            assertThat(pool.take(function())).isNull();
        }
        loop.turn(Duration.ofMillis(50));
        assertThat(orders).hasSize(2);

        finish(0);

        assertThat(orders).hasSize(3);
    }

    @Test
    void parksNothingWhileTheMachineRunsShortOfMemory() {
        learn();
        loop.turn(Duration.ofMillis(50));
        finish(0);

        pool.machineIsShort(true);
        pool.refill();
        assertThat(pool.take(function())).isNull();
        loop.turn(Duration.ofSeconds(5));
        assertThat(orders.getFirst().sandbox.asked).contains("close");
        assertThat(orders).hasSize(1);

        pool.machineIsShort(false);
        pool.refill();
        assertThat(orders).hasSizeGreaterThan(1);
    }

    @Test
    void doesNotGiveAwayWhatHasDied() {
        learn();
        loop.turn(Duration.ofMillis(50));
        finish(0);

        orders.getFirst().exit.complete(new Exit(0, 9, false));

        assertThat(pool.take(function())).isNull();
        loop.run();
        assertThat(orders.getFirst().sandbox.asked).contains("close");
    }

    @Test
    void replacesWhatHasDiedAfterAPause() {
        learn();
        loop.turn(Duration.ofMillis(50));
        finish(0);
        orders.getFirst().exit.complete(new Exit(1, 0, false));

        pool.refill();
        assertThat(orders).hasSize(1);
        loop.turn(Duration.ofSeconds(1));
        pool.refill();

        assertThat(orders).hasSize(2);
    }

    @Test
    void triesAgainAfterAPauseWhereOneCouldNotBeMade() {
        learn();
        loop.turn(Duration.ofMillis(50));
        orders.getFirst().done.completeExceptionally(new IOException("no room"));

        pool.refill();
        assertThat(orders).hasSize(1);
        loop.turn(Duration.ofSeconds(1));
        pool.refill();

        assertThat(orders).hasSize(2);
    }

    @Test
    void takesBackWhatWasNotUsed() {
        learn();
        loop.turn(Duration.ofMillis(50));
        var parked = finish(0);
        assertThat(pool.take(function())).isSameAs(parked);

        pool.giveBack(parked);

        assertThat(pool.take(function())).isSameAs(parked);
    }

    @Test
    void hasNoneForVariablesThatActAtTheStart() {
        learn();
        loop.turn(Duration.ofMillis(50));
        finish(0);
        var special = Bench.configuration(128, Map.of("PYTHONPATH", "/opt/more"));

        assertThat(pool.take(special)).isNull();
        assertThat(misses("variables")).isOne();
    }

    @Test
    void hasNoneForSealedVariablesThatWereFoundToActAtTheStart() {
        learn();
        loop.turn(Duration.ofMillis(50));
        var parked = finish(0);
        var sealed = new SealedVariables("k", "d", "v");
        var special = Bench.configuration(128, Map.of()).withEnvironment(sealed);
        assertThat(pool.take(special)).isSameAs(parked);

        pool.unsuited(parked, sealed);
        loop.turn(Duration.ofMillis(50));
        finish(1);

        assertThat(orders.getFirst().sandbox.asked).contains("close");
        assertThat(pool.take(special)).isNull();
        assertThat(misses("variables")).isOne();
    }

    @Test
    void hasNoneForLayersThatWereFoundToHaveExtensions() {
        takesLayers = true;
        learn();
        loop.turn(Duration.ofMillis(50));
        var parked = finish(0);
        var layered = function()
                .withLayers(List.of(new FunctionLayer(
                        LayerVersionArn.parse("arn:aws:lambda:us-east-1:123456789012:layer:extension:1"),
                        (CodePackage) Bench.deployment(1, function()).code())));
        assertThat(pool.take(layered)).isSameAs(parked);

        pool.unsuited(parked, layered.layers());
        loop.turn(Duration.ofMillis(50));
        finish(1);

        assertThat(orders.getFirst().sandbox.asked).contains("close");
        assertThat(pool.take(layered)).isNull();
        assertThat(misses("extensions")).isOne();
        assertThat(pool.take(function())).isNotNull();
    }

    @Test
    void hasNoneForLayersThatCannotBeShownLater() {
        learn();
        loop.turn(Duration.ofMillis(50));
        var parked = finish(0);
        var layered = function()
                .withLayers(List.of(new FunctionLayer(
                        LayerVersionArn.parse("arn:aws:lambda:us-east-1:123456789012:layer:tools:1"),
                        (CodePackage) Bench.deployment(1, function()).code())));

        assertThat(pool.take(layered)).isNull();
        assertThat(misses("layers")).isOne();
        takesLayers = true;
        assertThat(pool.take(layered)).isSameAs(parked);
    }

    @Test
    void parksOneForFunctionsThatExistBeforeAnyIsInvoked() {
        pool.expect(List.of(function(), function()), new Catalogue());

        assertThat(orders).hasSize(1);
        finish(0);
        assertThat(pool.take(function())).isNotNull();
    }

    @Test
    void removesWhatIsNotWorthItsMemoryAnyMore() {
        learn();
        loop.turn(Duration.ofMillis(50));
        finish(0);

        loop.turn(Duration.ofHours(1).plusSeconds(1));
        pool.refill();
        loop.run();

        assertThat(orders.getFirst().sandbox.asked).contains("close");
    }

    @Test
    void keepsNoneWhereThereIsNoMemoryForThem() {
        var off = pool(new WarmSettings(0, Duration.ofHours(1)));

        off.expect(List.of(function()), new Catalogue());
        off.learn(function(), PYTHON);
        off.refill();

        assertThat(off.take(function())).isNull();
        assertThat(orders).isEmpty();
        assertThat(misses("off")).isOne();
    }

    @Test
    void removesThoseNobodyHasTakenWhenItCloses() {
        var closing = pool(new WarmSettings(1000, Duration.ofHours(1)), Runnable::run);
        closing.expect(List.of(function()), new Catalogue());
        finish(0);

        closing.close();

        assertThat(orders.getFirst().sandbox.asked).contains("close");
        assertThat(closing.take(function())).isNull();
    }

    private double misses(String cause) {
        return Objects.requireNonNull(registry.find("kappa.worker.warm.misses")
                        .tag("cause", cause)
                        .counter())
                .count();
    }

    private static final class Catalogue implements RuntimeCatalogue {
        @Override
        public Path directory() {
            return Path.of("/runtimes");
        }

        @Override
        public Optional<InstalledRuntime> find(RuntimeIdentifier identifier) {
            return Optional.of(PYTHON);
        }

        @Override
        public Set<RuntimeIdentifier> available() {
            return Set.of(RuntimeIdentifier.PYTHON3_12);
        }

        @Override
        public Set<RuntimeIdentifier> restorable() {
            return available();
        }
    }

    private static final class SilentApi implements ParkingApi {
        @Override
        public void belongTo(RuntimeListener environment) {}

        @Override
        public boolean assign(Map<String, String> environment) {
            return true;
        }

        @Override
        public String address() {
            return "127.0.0.1:9001";
        }

        @Override
        public void expectRuntime() {}

        @Override
        public void forgetRuntime() {}

        @Override
        public void give(InvocationEvent event) {}

        @Override
        public void close() {}
    }
}
