package io.kappa.worker.sandbox;

import java.util.HashMap;
import java.util.Map;

/** Who has which of the unprivileged users. An image and the sandboxes made from it have one together. */
final class SandboxUsers {
    private final int first;
    private final Map<Integer, Integer> holders = new HashMap<>();

    SandboxUsers(int first) {
        this.first = first;
    }

    /** One that nobody has. */
    synchronized int take() {
        int uid = first;
        while (holders.containsKey(uid)) {
            uid++;
        }
        holders.put(uid, 1);
        return uid;
    }

    /** One that somebody may have already. */
    synchronized void share(int uid) {
        holders.merge(uid, 1, Integer::sum);
    }

    synchronized void giveBack(int uid) {
        holders.computeIfPresent(uid, (_, count) -> count == 1 ? null : count - 1);
    }
}
