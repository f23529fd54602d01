package io.kappa.asyncqueue.shard;

import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Where a shard's state lies: texts and bytes, in the order of the texts. */
interface Table {

    byte @Nullable [] get(String key);

    void put(String key, byte[] value);

    void delete(String key);

    /**
     * Visits the entries whose key starts so, in order. The visitor changes nothing.
     *
     * @param after visits only what comes after this key; null visits all
     * @param visitor says whether to go on
     */
    void scan(String prefix, @Nullable String after, BiPredicate<String, byte[]> visitor);
}
