package io.kappa.router.registry;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Where the owner's state lies: texts and bytes, in the order of the texts. */
interface Table {

    byte @Nullable [] get(String key);

    void put(String key, byte[] value);

    void delete(String key);

    /** Visits the entries whose key starts so, in order. The visitor changes nothing. */
    void scan(String prefix, BiConsumer<String, byte[]> visitor);
}
