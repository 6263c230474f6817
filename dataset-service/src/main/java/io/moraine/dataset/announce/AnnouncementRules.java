package io.moraine.dataset.announce;

/** How statements that stage or delete files settle announcements, as SQL to put into them. */
public final class AnnouncementRules {
  private static final String SETTLE =
      """
      DELETE FROM announced_file a USING %s t
      WHERE a.dataset = t.dataset AND a.version = t.id AND a.path = ANY (%s)
      """;

  private AnnouncementRules() {}

  /**
   * A statement that settles what was announced at {@code paths}, an array.
   *
   * @param target a relation with the columns {@code dataset} and {@code id} of the version; empty
   *     when nothing is staged
   */
  public static String settle(String target, String paths) {
    return SETTLE.formatted(target, paths);
  }
}
