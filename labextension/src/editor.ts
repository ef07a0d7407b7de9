import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { indentService, indentUnit, language } from '@codemirror/language';
import { Compartment, EditorState, type Extension, Prec } from '@codemirror/state';
import { keymap } from '@codemirror/view';
import { goIndent } from './indent';

/** What closes brackets, in editors that have Go. */
const brackets = new Compartment();
const NONE: Extension = [];
const CLOSING: Extension = [closeBrackets(), keymap.of(closeBracketsKeymap)];

/**
 * How Go is typed; other languages are left as they are. Lines begin where gofmt has
 * them: CodeMirror's own mode moves a closing bracket or a case back only where one
 * character of white space stands before it, and has case one step too deep.
 */
export const goTyping: Extension = [
  Prec.highest(indentUnit.computeN([language], state => (isGo(state) ? ['\t'] : []))),
  Prec.high(
    indentService.of((context, position) => {
      if (!isGo(context.state)) {
        return undefined;
      }
      const before = context.state.sliceDoc(0, position);
      return goIndent(before, context.textAfterPos(position), context.unit, context.state.tabSize);
    })
  ),
  // What moves its line when it has been typed.
  EditorState.languageData.of(state => (isGo(state) ? [{ indentOnInput: /^\s*(?:[)\]}]|case\s|default\s*:)$/ }] : [])),
  brackets.of(NONE),
  // A cell gets its language when its kernel is known.
  EditorState.transactionExtender.of(transaction => {
    const go = isGo(transaction.startState);
    const closes = brackets.get(transaction.startState) !== NONE;
    return go === closes ? null : { effects: brackets.reconfigure(go ? CLOSING : NONE) };
  })
];

function isGo(state: EditorState): boolean {
  return state.facet(language)?.name === 'go';
}
