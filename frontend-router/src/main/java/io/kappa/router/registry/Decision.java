package io.kappa.router.registry;

import java.util.List;

/** What becomes of a command: the changes, none where it is refused, and what the asker is told. */
record Decision(List<Change> changes, Verdict verdict) {
    Decision {
        changes = List.copyOf(changes);
    }
}
