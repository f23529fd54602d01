package io.kappa.worker.extension;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The extensions of one life of a runtime: who is there, where each stands, and whether the platform still waits for one. Decides; others
 * speak with extensions and start their processes. After a reset there is another roster.
 *
 * <pre>
 * Started ──register──▶ Registered ──next──▶ Ready ──INVOKE──▶ Running
 *    │                      │                  ▲                  │
 *    └──── exits ───────────┤                  └─────── next ─────┘
 *                           └─ init/error ▶ InitError    any ─ exit/error ▶ ExitError,  exits ▶ Exited
 * </pre>
 */
public final class ExtensionRoster {
    /** Most that can register, external and internal ones together. */
    public static final int MOST = 10;

    private final Map<String, Entry> byName = new LinkedHashMap<>();
    private final Map<String, Entry> byId = new LinkedHashMap<>();
    private boolean open = true;
    private boolean ends;

    /** Where an extension stands, in the words of refusals and of the log. */
    enum State {
        STARTED("Started"),
        REGISTERED("Registered"),
        READY("Ready"),
        RUNNING("Running"),
        INIT_ERROR("InitError"),
        EXIT_ERROR("ExitError"),
        EXITED("Exited"),
        LAUNCH_ERROR("LaunchError");

        private final String word;

        State(String word) {
            this.word = word;
        }

        boolean failed() {
            return compareTo(INIT_ERROR) >= 0;
        }
    }

    private static final class Entry {
        private final String name;
        private final boolean external;
        private State state = State.STARTED;
        private String id = "";
        private Set<EventType> events = Set.of();
        private String errorType = "";
        private boolean polls;
        /** To be told as soon as it asks. */
        private @Nullable ExtensionEvent pending;

        Entry(String name, boolean external) {
            this.name = name;
            this.external = external;
        }
    }

    /** What becomes of a registration. */
    public sealed interface Registration {
        record Registered(String id) implements Registration {}

        record Refused(ExtensionRefusal why) implements Registration {}
    }

    /** What becomes of a question for the next event. */
    public sealed interface Next {
        /** There is none yet. */
        record Waits() implements Next {}

        record Gets(ExtensionEvent event) implements Next {}

        record Refused(ExtensionRefusal why) implements Next {}
    }

    /**
     * An extension as the log shows it.
     *
     * @param errorType empty where it has not failed
     */
    public record Listing(String name, String state, List<String> events, String errorType) {}

    /** @param external names of those that are started as processes of their own */
    public ExtensionRoster(Collection<String> external) {
        external.forEach(name -> byName.put(name, new Entry(name, true)));
    }

    /** Whether there is none, and none has to be thought of. */
    public boolean isEmpty() {
        return byName.isEmpty();
    }

    public boolean hasExternal() {
        return byName.values().stream().anyMatch(entry -> entry.external);
    }

    /**
     * Takes in an extension: an external one under the name of its file, and under any other one that is part of the runtime process.
     *
     * @param ids makes an identifier
     */
    public Registration register(String name, Set<EventType> events, Supplier<String> ids) {
        var known = byName.get(name);
        var refusal = known == null ? refusalOfInternal(events) : refusalOfKnown(known);
        if (refusal != null) {
            return new Registration.Refused(refusal);
        }
        var entry = known == null ? new Entry(name, false) : known;
        entry.state = State.REGISTERED;
        entry.id = ids.get();
        entry.events = Set.copyOf(events);
        byName.put(name, entry);
        byId.put(entry.id, entry);
        return new Registration.Registered(entry.id);
    }

    private @Nullable ExtensionRefusal refusalOfInternal(Set<EventType> events) {
        if (!open) {
            return ExtensionRefusal.CLOSED;
        }
        if (events.contains(EventType.SHUTDOWN)) {
            return ExtensionRefusal.SHUTDOWN_OF_INTERNAL;
        }
        return byId.size() == MOST ? ExtensionRefusal.TOO_MANY : null;
    }

    private @Nullable ExtensionRefusal refusalOfKnown(Entry known) {
        if (!open) {
            return ExtensionRefusal.CLOSED;
        }
        if (known.state != State.STARTED) {
            return ExtensionRefusal.NAME_TAKEN;
        }
        return byId.size() == MOST ? ExtensionRefusal.TOO_MANY : null;
    }

    /** Name of the extension with that identifier. */
    public Optional<String> name(String id) {
        return Optional.ofNullable(byId.get(id)).map(entry -> entry.name);
    }

    /** Whether the extension has come to its registration, whatever has become of it since. */
    public boolean hasRegistered(String name) {
        var entry = byName.get(name);
        return entry != null && !entry.id.isEmpty();
    }

    /** Whether extensions may still say what they want of the platform: Init is not over. */
    public boolean initialises() {
        return open;
    }

    /** The extension is done with what it did before, and waits. */
    public Next next(String id) {
        var entry = byId.get(id);
        if (entry == null) {
            return new Next.Refused(ExtensionRefusal.unknownIdentifier(id));
        }
        if (entry.state.failed()) {
            return new Next.Refused(ExtensionRefusal.transition(entry.state.word, State.READY.word, id));
        }
        var event = entry.pending;
        if (event != null) {
            entry.pending = null;
            return new Next.Gets(event);
        }
        entry.polls = true;
        entry.state = State.READY;
        return new Next.Waits();
    }

    /** The question for the next event is withdrawn: its connection has broken. */
    public void withdraw(String id) {
        var entry = byId.get(id);
        if (entry != null) {
            entry.polls = false;
        }
    }

    /** The extension cannot do its part. */
    public Optional<ExtensionRefusal> initError(String id, String type) {
        return error(id, type, State.INIT_ERROR, open);
    }

    /** The extension is about to end because of an error. */
    public Optional<ExtensionRefusal> exitError(String id, String type) {
        return error(id, type, State.EXIT_ERROR, true);
    }

    private Optional<ExtensionRefusal> error(String id, String type, State to, boolean allowed) {
        var entry = byId.get(id);
        if (entry == null) {
            return Optional.of(ExtensionRefusal.unknownIdentifier(id));
        }
        boolean beforeReady = to != State.INIT_ERROR || entry.state == State.REGISTERED;
        if (!allowed || !beforeReady || entry.state.failed()) {
            return Optional.of(ExtensionRefusal.transition(entry.state.word, to.word, id));
        }
        fail(entry, to, type);
        return Optional.empty();
    }

    /**
     * The process of an external extension has ended, which none may do before it is told to.
     *
     * @return whether that is news: an error of it may have been told before
     */
    public boolean exited(String name) {
        return failed(name, State.EXITED, "Extension.Crash");
    }

    /** There is no process of the external extension. */
    public boolean notLaunched(String name) {
        return failed(name, State.LAUNCH_ERROR, "Extension.LaunchError");
    }

    private boolean failed(String name, State to, String type) {
        var entry = byName.get(name);
        if (ends || entry == null || entry.state.failed()) {
            return false;
        }
        fail(entry, to, type);
        return true;
    }

    private static void fail(Entry entry, State to, String type) {
        entry.state = to;
        entry.errorType = type;
        entry.polls = false;
        entry.pending = null;
    }

    /** Whether every external extension has registered: time for the runtime to start. */
    public boolean allRegistered() {
        return byName.values().stream().noneMatch(entry -> entry.state == State.STARTED);
    }

    /** Whether no extension has anything left to do: Init is over, or the invocation, as far as it lies with them. */
    public boolean settled() {
        if (byName.isEmpty()) {
            return true;
        }
        for (var entry : byName.values()) {
            if (entry.state != State.READY) {
                return false;
            }
        }
        return true;
    }

    /** Init is over: nobody registers any more. */
    public void initialised() {
        open = false;
    }

    /**
     * An invocation begins. Only once all have {@linkplain #settled settled}.
     *
     * @return identifiers of those that wait and are to be told now; the others are told when they ask
     */
    public List<String> invoke(ExtensionEvent.Invoke event) {
        return tell(EventType.INVOKE, event);
    }

    /** The end begins: whoever ends from here on may. Returns as {@link #invoke} does. */
    public List<String> shutDown(ExtensionEvent.Shutdown event) {
        endBegins();
        return tell(EventType.SHUTDOWN, event);
    }

    /** The runtime ends first, and extensions may. */
    public void endBegins() {
        open = false;
        ends = true;
    }

    private List<String> tell(EventType type, ExtensionEvent event) {
        var now = new ArrayList<String>();
        for (var entry : byId.values()) {
            if (!entry.events.contains(type) || entry.state.failed()) {
                continue;
            }
            entry.state = State.RUNNING;
            if (entry.polls) {
                entry.polls = false;
                now.add(entry.id);
            } else {
                entry.pending = event;
            }
        }
        return now;
    }

    /** External ones that are not told of the end, and have no reason to do anything about it. */
    public List<String> deafToShutdown() {
        return byName.values().stream()
                .filter(entry -> entry.external)
                .filter(entry -> entry.state.failed() || !entry.events.contains(EventType.SHUTDOWN))
                .map(entry -> entry.name)
                .toList();
    }

    public List<Listing> list() {
        return byName.values().stream()
                .map(entry -> new Listing(
                        entry.name,
                        entry.state.word,
                        entry.events.stream().sorted().map(EventType::name).toList(),
                        entry.errorType))
                .toList();
    }
}
