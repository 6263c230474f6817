/** What the lists of all services have in common. */
package io.moraine.kit.paging;
