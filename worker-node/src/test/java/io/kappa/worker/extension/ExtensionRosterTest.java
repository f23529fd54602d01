package io.kappa.worker.extension;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.worker.extension.ExtensionRoster.Listing;
import io.kappa.worker.extension.ExtensionRoster.Next;
import io.kappa.worker.extension.ExtensionRoster.Registration;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExtensionRosterTest {
    private static final Set<EventType> BOTH = Set.of(EventType.INVOKE, EventType.SHUTDOWN);
    private static final ExtensionEvent.Invoke INVOKE = new ExtensionEvent.Invoke(1, "r1", "arn", "Root=1");
    private static final ExtensionEvent.Shutdown SHUTDOWN = new ExtensionEvent.Shutdown(ShutdownReason.SPINDOWN, 2);

    private int ids;

    private String register(ExtensionRoster roster, String name, Set<EventType> events) {
        return switch (roster.register(name, events, () -> "id-" + ++ids)) {
            case Registration.Registered(var id) -> id;
            case Registration.Refused(var why) -> throw new AssertionError(why.toString());
        };
    }

    private ExtensionRefusal refusal(ExtensionRoster roster, String name, Set<EventType> events) {
        return switch (roster.register(name, events, () -> "id-" + ++ids)) {
            case Registration.Registered(var id) -> throw new AssertionError(id);
            case Registration.Refused(var why) -> why;
        };
    }

    private static ExtensionRefusal refusal(Next next) {
        return ((Next.Refused) next).why();
    }

    /** One external extension that waits for events. */
    private ExtensionRoster ready(Set<EventType> events) {
        var roster = new ExtensionRoster(List.of("a"));
        roster.next(register(roster, "a", events));
        roster.initialised();
        return roster;
    }

    @Test
    void theRuntimeWaitsUntilEveryExternalExtensionHasRegistered() {
        var roster = new ExtensionRoster(List.of("a", "b"));
        assertThat(roster.allRegistered()).isFalse();

        register(roster, "a", BOTH);
        assertThat(roster.allRegistered()).isFalse();

        register(roster, "b", Set.of());
        assertThat(roster.allRegistered()).isTrue();
    }

    @Test
    void initEndsWhenEveryExtensionWaitsWhateverItHasSubscribedTo() {
        var roster = new ExtensionRoster(List.of("a", "b"));
        var a = register(roster, "a", BOTH);
        var b = register(roster, "b", Set.of());
        var internal = register(roster, "inside", Set.of(EventType.INVOKE));

        assertThat(roster.next(a)).isInstanceOf(Next.Waits.class);
        assertThat(roster.next(internal)).isInstanceOf(Next.Waits.class);
        assertThat(roster.settled()).isFalse();
        assertThat(roster.next(b)).isInstanceOf(Next.Waits.class);
        assertThat(roster.settled()).isTrue();
    }

    @Test
    void anInvocationEndsWhenThoseThatAreToldOfItWaitAgain() {
        var roster = new ExtensionRoster(List.of("a", "b"));
        var a = register(roster, "a", BOTH);
        var b = register(roster, "b", Set.of(EventType.SHUTDOWN));
        roster.next(a);
        roster.next(b);
        roster.initialised();

        assertThat(roster.invoke(INVOKE)).containsExactly(a);
        assertThat(roster.settled()).isFalse();
        assertThat(roster.next(a)).isInstanceOf(Next.Waits.class);
        assertThat(roster.settled()).isTrue();
    }

    @Test
    void whoseConnectionHasBrokenIsToldWhenItAsksAgain() {
        var roster = ready(BOTH);
        roster.withdraw("id-1");

        assertThat(roster.invoke(INVOKE)).isEmpty();
        assertThat(roster.next("id-1")).isEqualTo(new Next.Gets(INVOKE));
        assertThat(roster.settled()).isFalse();
        assertThat(roster.next("id-1")).isInstanceOf(Next.Waits.class);
    }

    @Test
    void theEndIsToldToThoseThatWantToKnowAlsoWhileTheyAreBusy() {
        var roster = new ExtensionRoster(List.of("a", "b", "c"));
        var a = register(roster, "a", BOTH);
        var b = register(roster, "b", Set.of(EventType.INVOKE));
        var c = register(roster, "c", Set.of(EventType.SHUTDOWN));
        List.of(a, b, c).forEach(roster::next);
        roster.initialised();
        roster.invoke(INVOKE);

        assertThat(roster.shutDown(SHUTDOWN)).containsExactly(c);
        assertThat(roster.next(a)).isEqualTo(new Next.Gets(SHUTDOWN));
        assertThat(roster.deafToShutdown()).containsExactly("b");
    }

    @Test
    void atMostTenRegister() {
        var roster = new ExtensionRoster(List.of());
        for (int i = 0; i < 10; i++) {
            register(roster, "e" + i, Set.of());
        }

        assertThat(refusal(roster, "e10", Set.of()))
                .isEqualTo(new ExtensionRefusal("Extension.TooManyExtensions", "Extension limit (10) reached"));
    }

    @Test
    void aNameIsRegisteredOnce() {
        var roster = new ExtensionRoster(List.of("a"));
        register(roster, "a", BOTH);
        register(roster, "inside", Set.of());

        for (var name : List.of("a", "inside")) {
            assertThat(refusal(roster, name, Set.of()))
                    .isEqualTo(new ExtensionRefusal(
                            "Extension.InvalidExtensionState", "Extension with this name already registered"));
        }
    }

    @Test
    void internalExtensionsAreNotToldOfTheEnd() {
        assertThat(refusal(new ExtensionRoster(List.of()), "inside", BOTH))
                .isEqualTo(new ExtensionRefusal(
                        "Extension.InvalidEventType", "E: ShutdownEventNotSupportedForInternalExtension"));
    }

    @Test
    void nobodyRegistersAfterInit() {
        var roster = ready(BOTH);

        assertThat(refusal(roster, "late", Set.of()))
                .isEqualTo(
                        new ExtensionRefusal("Extension.RegistrationClosed", "Extension registration closed already"));
    }

    @Test
    void whoIsNotKnownGetsNothing() {
        var roster = ready(BOTH);

        assertThat(refusal(roster.next("x")).type()).isEqualTo("Extension.UnknownExtensionIdentifier");
        assertThat(roster.initError("x", "Extension.E"))
                .hasValueSatisfying(why -> assertThat(why.type()).isEqualTo("Extension.UnknownExtensionIdentifier"));
        assertThat(roster.exitError("x", "Extension.E")).isPresent();
    }

    @Test
    void anErrorOfInitIsToldBeforeTheFirstEventIsWaitedFor() {
        var early = new ExtensionRoster(List.of("a"));
        var id = register(early, "a", BOTH);
        assertThat(early.initError(id, "Extension.NoConfig")).isEmpty();
        assertThat(early.list())
                .containsExactly(new Listing("a", "InitError", List.of("INVOKE", "SHUTDOWN"), "Extension.NoConfig"));
        assertThat(refusal(early.next(id)).message())
                .isEqualTo("State transition from InitError to Ready failed for extension " + id
                        + ". Error: State transition is not allowed");

        var late = ready(BOTH);
        assertThat(late.initError("id-2", "Extension.E"))
                .hasValueSatisfying(why -> assertThat(why.type()).isEqualTo("Extension.InvalidExtensionState"));
    }

    @Test
    void anErrorBeforeItsEndIsTheReasonOfIt() {
        var roster = ready(BOTH);

        assertThat(roster.exitError("id-1", "Extension.Disk")).isEmpty();
        assertThat(roster.exited("a")).isFalse();
        assertThat(roster.exitError("id-1", "Extension.Disk")).isPresent();
        assertThat(roster.list().getFirst().state()).isEqualTo("ExitError");
    }

    @Test
    void anEndIsNewsUntilItIsAskedFor() {
        var roster = new ExtensionRoster(List.of("a", "b", "c"));
        assertThat(roster.exited("a")).isTrue();
        assertThat(roster.notLaunched("b")).isTrue();
        assertThat(roster.list().stream().map(Listing::errorType))
                .containsExactly("Extension.Crash", "Extension.LaunchError", "");

        roster.endBegins();
        assertThat(roster.exited("c")).isFalse();
    }

    @ParameterizedTest
    @EnumSource(ShutdownReason.class)
    void eventsAreWrittenAsExtensionsReadThem(ShutdownReason reason) {
        assertThat(new ExtensionEvent.Shutdown(reason, 2).json())
                .isEqualTo("{\"eventType\":\"SHUTDOWN\",\"shutdownReason\":\"" + reason + "\",\"deadlineMs\":2}");
        assertThat(INVOKE.json())
                .isEqualTo(
                        "{\"eventType\":\"INVOKE\",\"deadlineMs\":1,\"requestId\":\"r1\","
                                + "\"invokedFunctionArn\":\"arn\",\"tracing\":{\"type\":\"X-Amzn-Trace-Id\",\"value\":\"Root=1\"}}");
        assertThat(new ExtensionEvent.Invoke(1, "r1", "arn", "").json()).doesNotContain("tracing");
    }

    @Test
    void theEndTakesNoTimeHalfASecondOrTwoSeconds() {
        var none = new ExtensionRoster(List.of());
        var internal = new ExtensionRoster(List.of());
        register(internal, "inside", Set.of());

        assertThat(ShutdownBudget.of(none).whole()).isZero();
        assertThat(ShutdownBudget.of(internal))
                .isEqualTo(new ShutdownBudget(Duration.ofMillis(500), Duration.ofMillis(500)));
        assertThat(ShutdownBudget.of(new ExtensionRoster(List.of("a"))))
                .isEqualTo(new ShutdownBudget(Duration.ofMillis(300), Duration.ofSeconds(2)));
    }
}
