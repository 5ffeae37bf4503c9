/** A graph of boxes that can be moved, with what is drawn between them: React Flow behind the console's own look and keys. */
import '@xyflow/react/dist/base.css';
import './graph.css';
import {
  type Node,
  type NodeProps,
  ReactFlow,
  ReactFlowProvider,
  useNodes,
  useNodesState,
  useReactFlow,
  useStore,
  ViewportPortal,
} from '@xyflow/react';
import { type ComponentType, memo, type ReactNode, useCallback, useEffect, useId, useMemo, useRef } from 'react';
import { IconButton } from '../controls/icon-button.tsx';
import { IconFocusCentered, IconMinus, IconPlus } from '../icons/index.ts';
import { boxInDirection, type Direction, directions } from './graph-neighbour.ts';

/** A box and its top left corner, in px. */
export interface GraphBox {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface GraphProps {
  readonly label: string;
  /** How the keys work, for screen readers. */
  readonly keysHint: string;
  /** Changes only when the layout does: what a box says is its own to follow. */
  readonly boxes: readonly GraphBox[];
  /** The inside of a box; defined outside of the calling component, so that it stays the same. */
  readonly Box: ComponentType<{ readonly id: string; readonly focusable: boolean }>;
  /** What is drawn under the boxes, for where they are now, also while one is dragged. */
  readonly links: (places: readonly GraphBox[]) => ReactNode;
  /** A box was put elsewhere, or asked to go one step by keyboard. */
  readonly onMove: (id: string, to: { readonly x: number; readonly y: number }) => void;
  readonly onStep: (id: string, direction: Direction) => void;
  /** The wheel zooms; else only with Ctrl or Command, and alone it scrolls what the graph stands in. */
  readonly wheelZooms: boolean;
  readonly words: { readonly fit: string; readonly zoomIn: string; readonly zoomOut: string };
}

type BoxNode = Node<{ readonly Box: GraphProps['Box']; readonly focusable: boolean }, 'box'>;

// Outside of the component: a new object would make React Flow build every node anew.
const nodeTypes = { box: memo(({ id, data: { Box, focusable } }: NodeProps<BoxNode>) => <Box id={id} focusable={focusable} />) };
/** At the sides there is room for the tools, which must not cover a box. */
const fitOptions = { maxZoom: 1, minZoom: 0.25, padding: { y: '12px', x: '48px' } } as const;

/** The graph fits its place until a person moves it. Arrow keys go from box to box, with Shift they move the box. */
export function Graph(props: GraphProps) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  );
}

function Flow(props: GraphProps) {
  const { boxes, Box, onMove, onStep } = props;
  const root = useRef<HTMLDivElement>(null);
  const hintId = useId();
  const flow = useReactFlow<BoxNode>();
  const first = boxes[0]?.id;
  const made = useMemo(() => boxes.map((box): BoxNode => toNode(box, Box, box.id === first)), [boxes, Box, first]);
  const [nodes, setNodes, onNodesChange] = useNodesState(made);
  useEffect(() => setNodes(made), [made, setNodes]);
  const untouched = useFitting(boxes);
  const focusBox = useCallback((id: string | undefined) => {
    const target = [...(root.current?.querySelectorAll<HTMLElement>('.react-flow__node') ?? [])].find(({ dataset }) => dataset.id === id);
    target?.querySelector<HTMLElement>('button')?.focus({ preventScroll: true });
  }, []);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it hears the keys of the boxes in it, which are buttons
    <div
      ref={root}
      className="sb-graph"
      onKeyDown={(event) => {
        const id = (event.target as HTMLElement).closest<HTMLElement>('.react-flow__node')?.dataset.id;
        const direction = directions[event.key];
        if (id === undefined || direction === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        if (event.shiftKey) onStep(id, direction);
        else focusBox(boxInDirection(boxes, id, direction));
      }}
      onFocus={(event) => {
        const id = (event.target as HTMLElement).closest<HTMLElement>('.react-flow__node')?.dataset.id;
        if (id !== undefined) bringIntoSight(flow, root.current, id);
      }}
    >
      <ReactFlow
        aria-label={props.label}
        aria-describedby={hintId}
        nodes={nodes}
        onNodesChange={onNodesChange}
        nodeTypes={nodeTypes}
        onNodeDragStop={(_event, node) => {
          // Back to where the layout has it, when it is not moved far enough for another place.
          setNodes(made);
          onMove(node.id, node.position);
        }}
        onMoveStart={(event) => {
          if (event !== null) untouched.current = false;
        }}
        fitView
        fitViewOptions={fitOptions}
        minZoom={fitOptions.minZoom}
        maxZoom={1.5}
        zoomOnScroll={props.wheelZooms}
        preventScrolling={props.wheelZooms}
        zoomOnDoubleClick={false}
        nodesConnectable={false}
        nodesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        panActivationKeyCode={null}
        proOptions={{ hideAttribution: true }}
      >
        <ViewportPortal>
          <Links links={props.links} />
        </ViewportPortal>
      </ReactFlow>
      <p id={hintId} className="sb-hidden">
        {props.keysHint}
      </p>
      <div className="sb-graph-tools">
        <IconButton label={props.words.zoomIn} onClick={() => zoom(flow.zoomIn)}>
          <IconPlus size={14} stroke={1.6} />
        </IconButton>
        <IconButton label={props.words.zoomOut} onClick={() => zoom(flow.zoomOut)}>
          <IconMinus size={14} stroke={1.6} />
        </IconButton>
        <IconButton
          label={props.words.fit}
          onClick={() => {
            untouched.current = true;
            void flow.fitView(fitOptions);
          }}
        >
          <IconFocusCentered size={14} stroke={1.6} />
        </IconButton>
      </div>
    </div>
  );

  function zoom(act: () => Promise<boolean>): void {
    untouched.current = false;
    void act();
  }
}

function toNode({ id, x, y, width, height }: GraphBox, Box: GraphProps['Box'], focusable: boolean): BoxNode {
  return { id, type: 'box', position: { x, y }, width, height, data: { Box, focusable } };
}

/** Fits again when the place or the boxes change, as long as no person has panned or zoomed. */
function useFitting(boxes: readonly GraphBox[]) {
  const untouched = useRef(true);
  const { fitView } = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  // biome-ignore lint/correctness/useExhaustiveDependencies: place and boxes are the reason to fit again
  useEffect(() => {
    if (untouched.current) void fitView(fitOptions);
  }, [boxes, width, height, fitView]);
  return untouched;
}

/** Moves the view so that a box that got the focus is seen. */
function bringIntoSight(flow: ReturnType<typeof useReactFlow<BoxNode>>, root: HTMLElement | null, id: string): void {
  const node = flow.getNode(id);
  if (node === undefined || root === null) return;
  const { x, y, zoom } = flow.getViewport();
  const left = node.position.x * zoom + x;
  const top = node.position.y * zoom + y;
  const width = (node.width ?? 0) * zoom;
  const height = (node.height ?? 0) * zoom;
  const inSight = left >= 0 && top >= 0 && left + width <= root.clientWidth && top + height <= root.clientHeight;
  if (!inSight) void flow.setCenter(node.position.x + (node.width ?? 0) / 2, node.position.y + (node.height ?? 0) / 2, { zoom });
}

/** Under the boxes, in their coordinates. Not React Flow's edges: those need handles on every box and know no lanes. */
function Links({ links }: Pick<GraphProps, 'links'>) {
  const nodes = useNodes<BoxNode>();
  return (
    <svg className="sb-graph-links" aria-hidden="true">
      {links(nodes.map(({ id, position, width = 0, height = 0 }) => ({ id, ...position, width, height })))}
    </svg>
  );
}
