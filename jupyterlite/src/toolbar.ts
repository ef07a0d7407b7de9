// JupyterLab's toolbars look which of their buttons the keyboard can reach whenever
// anything in them changes, and have the page laid out for it. Signs of a busy kernel
// are in them, so that this came twice with each cell, before what the cell prints.

/** What is needed of a toolbar: see Toolbar in @microsoft/fast-foundation. */
interface IToolbar {
  childItemsChanged?: () => void;
  focusableElements?: HTMLElement[];
  activeIndex: number;
  setFocusableElements(): void;
}

/** How long such a look may wait, in milliseconds. */
const LATE = 300;

/** Has toolbars look once for all that changes in a while. */
export async function calmToolbars(): Promise<void> {
  const toolbar = (await customElements.whenDefined('jp-toolbar')).prototype as unknown as IToolbar;
  const look = toolbar.childItemsChanged;
  if (!look) {
    return; // that of another JupyterLab
  }
  const waiting = new WeakSet<IToolbar>();
  toolbar.childItemsChanged = function (this: IToolbar) {
    if (!waiting.has(this)) {
      waiting.add(this);
      window.setTimeout(() => {
        waiting.delete(this);
        look.call(this);
        enterAtWhatIsSeen(this);
      }, LATE);
    }
  };
}

/** Has the keyboard enter a toolbar at a button that is seen. It enters where it was last,
 *  and at first where the button is that came first: that may be the opener of what has no
 *  room, which is hidden while all has room. */
function enterAtWhatIsSeen(toolbar: IToolbar): void {
  const seen = (button?: HTMLElement) => button?.checkVisibility() ?? false;
  const buttons = toolbar.focusableElements ?? [];
  const first = buttons.findIndex(seen);
  if (first >= 0 && !seen(buttons[toolbar.activeIndex])) {
    toolbar.activeIndex = first;
    toolbar.setFocusableElements();
  }
}
