package io.kappa.platform;

import io.kappa.platform.OneService.Part;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.Random;

/** Kills processes of a platform, one after another, and starts each again. The same chance kills in the same order. */
final class Kills {
    private final long started = System.nanoTime();
    private final Queue<Part> victims = new ArrayDeque<>();
    private final Map<Part, Integer> made = new EnumMap<>(Part.class);
    private final Random random;

    /** @param round who dies, in an order that only chance knows, before anybody dies in the next round */
    Kills(Collection<Part> round, int count, Random random) {
        this.random = random;
        while (victims.size() < count) {
            var shuffled = new ArrayList<>(round);
            Collections.shuffle(shuffled, random);
            victims.addAll(shuffled);
        }
    }

    /** Kills the next one and starts it again. Now and then returns, so that another may die, while it is still starting. */
    void next(SeparateProcesses platform) throws IOException {
        var victim = victims.remove();
        long began = System.nanoTime();
        platform.kill(victim);
        made.merge(victim, 1, Integer::sum);
        platform.start(victim);
        if (random.nextInt(3) > 0) {
            platform.awaitAllReady();
        } else if (victim == Part.BROKER) {
            platform.awaitReady(victim);
        }
        System.out.printf(
                "%d s: killed %s, went on after %d ms%n",
                (began - started) / 1_000_000_000, victim, (System.nanoTime() - began) / 1_000_000);
    }

    /** How many of each there were. */
    @Override
    public String toString() {
        return made.toString();
    }
}
